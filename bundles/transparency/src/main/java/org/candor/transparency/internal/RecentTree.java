package org.candor.transparency.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.candor.proof.MerkleTree;
import org.candor.proof.TilePath;

/**
 * The tree's perfect subtrees: recent ones in memory, older ones from tiles. One thread appends; any number read nodes
 * of trees whose size reached them in a safe way (a volatile field, a future), since a node never changes.
 */
final class RecentTree implements MerkleTree.Nodes {

    private static final int LEVELS = 48;
    private static final int HASH = MerkleTree.HASH_BYTES;
    private static final int CHUNK = 256;

    private final TileFiles tiles;
    private final Level[] levels = new Level[LEVELS];
    private long size;

    RecentTree(TileFiles tiles) {
        this.tiles = tiles;
        for (int i = 0; i < LEVELS; i++) {
            levels[i] = new Level();
        }
    }

    /** Takes up the tree of this size from its tiles. */
    void load(long loaded) throws IOException {
        size = loaded;
        for (int tileLevel = 0; 8 * tileLevel < LEVELS; tileLevel++) {
            long hashes = loaded >> 8 * tileLevel;
            long tile = hashes / TilePath.WIDTH;
            int width = (int) (hashes % TilePath.WIDTH);
            byte[] row = width == 0 ? new byte[0] : tiles.edge(tileLevel, tile, width);
            long first = tile * TilePath.WIDTH;
            for (int r = 0; r < 8; r++) {
                Level level = levels[8 * tileLevel + r];
                level.startAt(first >> r);
                for (int i = 0; i < row.length / HASH; i++) {
                    level.put((first >> r) + i, Arrays.copyOfRange(row, i * HASH, (i + 1) * HASH));
                }
                row = parents(row);
            }
        }
    }

    private static byte[] parents(byte[] row) {
        byte[] parents = new byte[row.length / HASH / 2 * HASH];
        for (int i = 0; i < parents.length; i += HASH) {
            byte[] left = Arrays.copyOfRange(row, 2 * i, 2 * i + HASH);
            byte[] right = Arrays.copyOfRange(row, 2 * i + HASH, 2 * i + 2 * HASH);
            System.arraycopy(MerkleTree.nodeHash(left, right), 0, parents, i, HASH);
        }
        return parents;
    }

    long size() {
        return size;
    }

    void append(byte[] leafHash) {
        long index = size;
        byte[] hash = leafHash;
        levels[0].put(index, hash);
        for (int level = 0; (index & 1) == 1; level++, index >>= 1) {
            hash = MerkleTree.nodeHash(node(level, index - 1), hash);
            levels[level + 1].put(index >> 1, hash);
        }
        size++;
    }

    /** Forgets the newest leaves: they did not reach the disk and nobody has seen them. */
    void truncate(long kept) {
        size = kept;
    }

    /** Drops nodes from memory that can be read from full tiles of the first {@code published} leaves. */
    void trim(long published) {
        for (int level = 0; level < LEVELS; level++) {
            levels[level].trim(published >> level);
        }
    }

    @Override
    public byte[] node(int level, long index) {
        byte[] hash = levels[level].get(index);
        return hash != null ? hash : fromTile(level, index);
    }

    private byte[] fromTile(int level, long index) {
        int r = level % 8;
        long first = index << r;
        int width = 1 << r;
        int at = (int) (first % TilePath.WIDTH);
        try {
            byte[] row = tiles.hashes(level / 8, first / TilePath.WIDTH, at + width);
            row = Arrays.copyOfRange(row, at * HASH, (at + width) * HASH);
            for (int i = 0; i < r; i++) {
                row = parents(row);
            }
            return row;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The nodes of one level in chunks, from some index on. */
    private static final class Level {

        /**
         * @param from first node held
         * @param firstChunk number of the first chunk
         */
        private record Held(long from, long firstChunk, byte[][] chunks) {}

        private volatile Held held = new Held(0, 0, new byte[0][]);

        void startAt(long from) {
            held = new Held(from, from / CHUNK, new byte[0][]);
        }

        void put(long index, byte[] hash) {
            Held now = held;
            int chunk = (int) (index / CHUNK - now.firstChunk);
            if (chunk == now.chunks.length) {
                byte[][] more = Arrays.copyOf(now.chunks, chunk + 1);
                more[chunk] = new byte[CHUNK * HASH];
                now = new Held(now.from, now.firstChunk, more);
                held = now;
            }
            System.arraycopy(hash, 0, now.chunks[chunk], (int) (index % CHUNK) * HASH, HASH);
        }

        byte[] get(long index) {
            Held now = held;
            if (index < now.from) {
                return null;
            }
            byte[] chunk = now.chunks[(int) (index / CHUNK - now.firstChunk)];
            int at = (int) (index % CHUNK) * HASH;
            return Arrays.copyOfRange(chunk, at, at + HASH);
        }

        /** Keeps the last two chunks before this index, and all after. Called on the appending thread. */
        void trim(long index) {
            Held now = held;
            long firstChunk = index / CHUNK - 2;
            if (firstChunk > now.firstChunk) {
                int dropped = (int) (firstChunk - now.firstChunk);
                held = new Held(
                        firstChunk * CHUNK, firstChunk, Arrays.copyOfRange(now.chunks, dropped, now.chunks.length));
            }
        }
    }
}
