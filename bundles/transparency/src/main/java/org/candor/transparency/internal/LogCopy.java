package org.candor.transparency.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.candor.proof.TilePath;

/** The files of a log that is copied, in a folder of their own. What they hold is durable when whoever keeps them forces it. */
final class LogCopy {

    private final Path to;

    LogCopy(Path to) throws IOException {
        this.to = Files.createDirectories(to);
    }

    /** Gives the bytes of a tile. */
    interface Tiles {
        byte[] content(TilePath tile) throws IOException;
    }

    /** The log's own key: a copy of the log goes on under the same name. */
    void key(Path log) throws IOException {
        for (String name : new String[] {"key", "key.pub"}) {
            Files.copy(log.resolve(name), to.resolve(name));
        }
    }

    /** Every full tile of a tree, and the partial ones at its right edge. */
    void tiles(long size, Tiles tiles) throws IOException {
        for (int level = TilePath.ENTRIES; level <= 0 || size >> 8 * level > 0; level++) {
            long hashes = level == TilePath.ENTRIES ? size : size >> 8 * level;
            long full = hashes / TilePath.WIDTH;
            for (long index = 0; index < full; index++) {
                write(tiles, new TilePath(level, index, TilePath.WIDTH));
            }
            int rest = (int) (hashes % TilePath.WIDTH);
            if (rest > 0) {
                write(tiles, new TilePath(level, full, rest));
            }
        }
    }

    private void write(Tiles tiles, TilePath tile) throws IOException {
        Path file = to.resolve(tile.toString());
        Files.createDirectories(file.getParent());
        Files.write(file, tiles.content(tile));
    }

    void checkpoint(String note) throws IOException {
        Files.write(to.resolve("checkpoint"), note.getBytes(StandardCharsets.UTF_8));
    }

    /** An empty segment that continues the tiles, laid out in full as every segment is. */
    void journal(long first, int bytes) throws IOException {
        try (RandomAccessFile segment =
                new RandomAccessFile(to.resolve(Journal.name(first)).toFile(), "rw")) {
            segment.setLength(bytes);
        }
    }
}
