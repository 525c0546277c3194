package org.candor.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Reads the plain files of a gzipped tar archive (POSIX ustar), as far as test collections need it. */
final class TarGzip implements AutoCloseable {
    private static final int BLOCK = 512;

    private final DataInputStream in;

    TarGzip(Path file) throws IOException {
        in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)));
    }

    /** A file. */
    record Member(String name, byte[] content) {}

    /** The next plain file, or null at the end. */
    Member next() throws IOException {
        byte[] header = new byte[BLOCK];
        while (in.readNBytes(header, 0, BLOCK) == BLOCK && header[0] != 0) {
            int size = Integer.parseInt(text(header, 124, 12), 8);
            byte[] content = in.readNBytes(size);
            in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
            if (header[156] == '0' || header[156] == 0) {
                return new Member(text(header, 0, 100), content);
            }
        }
        return null;
    }

    private static String text(byte[] header, int offset, int length) {
        String field = new String(header, offset, length, StandardCharsets.US_ASCII);
        int end = field.indexOf('\0');
        return (end < 0 ? field : field.substring(0, end)).strip();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
