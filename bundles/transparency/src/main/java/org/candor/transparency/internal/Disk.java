package org.candor.transparency.internal;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The calls by which the log changes the disk; tests let single ones fail. */
public class Disk {

    /** Reads and writes past the system's cache, in whole blocks. */
    static final OpenOption DIRECT = ExtendedOpenOption.DIRECT;

    /** Bytes of the blocks in which this file can be written past the system's cache, or 0 where it cannot. */
    int direct(Path path) {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, DIRECT)) {
            return Math.toIntExact(Files.getFileStore(path).getBlockSize());
        } catch (IOException | UnsupportedOperationException e) {
            return 0;
        }
    }

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
