package org.candor.transparency.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The calls by which the log changes the disk; tests let single ones fail. */
public class Disk {

    /** Writes all of the buffer at a position of the file, which lies at {@code path}. */
    void write(Path path, FileChannel file, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
    }

    /** Returns when the content (and with metadata also the size) has reached the medium; for a folder, its names. */
    void force(Path path, FileChannel file, boolean metadata) throws IOException {
        file.force(metadata);
    }

    /** Replaces a file in one step. */
    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
