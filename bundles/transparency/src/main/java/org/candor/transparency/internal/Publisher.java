package org.candor.transparency.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.candor.proof.MerkleTree;
import org.candor.proof.TilePath;

/**
 * Writes the tiles, entry bundles and the checkpoint of signed trees to the folder, behind the journal's back: nobody waits
 * for it. Used by one thread.
 */
final class Publisher {

    private static final int LEVELS = 6;

    private final RecentTree tree;
    private final EntryTail tail;
    private final TileFiles files;
    private final Journal journal;
    /** Full tiles written, by level; entry bundles first. */
    private final long[] full = new long[1 + LEVELS];

    /** @param size of the tree whose tiles are on disk durably; later ones are written again, from memory */
    Publisher(RecentTree tree, EntryTail tail, TileFiles files, Journal journal, long size) {
        this.tree = tree;
        this.tail = tail;
        this.files = files;
        this.journal = journal;
        for (int level = TilePath.ENTRIES; level < LEVELS; level++) {
            full[level + 1] = hashes(level, size) / TilePath.WIDTH;
        }
    }

    private static long hashes(int level, long size) {
        return level == TilePath.ENTRIES ? size : size >> 8 * level;
    }

    /**
     * Writes a tree's tiles and its checkpoint to the folder.
     *
     * @return leaves whose tiles are full and readable from the folder
     */
    long show(SignedTree signed) throws IOException {
        writeTiles(signed.size());
        files.write("checkpoint", signed.checkpoint().getBytes(StandardCharsets.UTF_8));
        return full[TilePath.ENTRIES + 1] * TilePath.WIDTH;
    }

    /** {@link #show}, and makes room in the journal. */
    long publish(SignedTree signed) throws IOException {
        long readable = show(signed);
        List<Long> starts = journal.laterStarts().stream()
                .filter(start -> start <= signed.size())
                .toList();
        if (!starts.isEmpty()) {
            // Any of them may begin the oldest segment there is after a crash while segments are dropped, and the tree
            // there has to be on the disk: a partial tile that an earlier crash damaged is written again too.
            for (long start : starts) {
                writePartials(start);
            }
            files.force();
            journal.drop(starts.getLast());
        }
        journal.prepareSpare();
        return readable;
    }

    private void writeTiles(long size) throws IOException {
        for (int level = TilePath.ENTRIES; level < LEVELS; level++) {
            long complete = hashes(level, size) / TilePath.WIDTH;
            for (long index = full[level + 1]; index < complete; index++) {
                TilePath tile = new TilePath(level, index, TilePath.WIDTH);
                files.writeTile(tile, fresh(tile));
                files.removePartials(tile);
                full[level + 1] = index + 1;
                if (level == TilePath.ENTRIES) {
                    tail.remove(index);
                }
            }
        }
        writePartials(size);
    }

    private void writePartials(long size) throws IOException {
        for (int level = TilePath.ENTRIES; level < LEVELS; level++) {
            long hashes = hashes(level, size);
            int width = (int) (hashes % TilePath.WIDTH);
            if (width > 0 && hashes / TilePath.WIDTH >= full[level + 1]) {
                TilePath tile = new TilePath(level, hashes / TilePath.WIDTH, width);
                files.writeTile(tile, fresh(tile));
            }
        }
    }

    /** The bytes of a tile that is not on the disk, or not yet known to be whole there: from memory only. */
    private byte[] fresh(TilePath tile) {
        return tile.level() == TilePath.ENTRIES
                ? TileFiles.bundle(tail.first(tile.index(), tile.width()))
                : hashes(tile, tree);
    }

    /** The bytes of any tile of the log, at any width it ever had. */
    static byte[] content(TilePath tile, RecentTree tree, EntryTail tail, TileFiles files) throws IOException {
        byte[] full = tile.width() == TilePath.WIDTH ? files.read(tile.toString()) : null;
        if (full != null) {
            return full;
        }
        if (tile.level() == TilePath.ENTRIES) {
            List<byte[]> entries = tail.first(tile.index(), tile.width());
            return TileFiles.bundle(entries != null ? entries : files.entries(tile.index(), tile.width()));
        }
        return hashes(tile, tree);
    }

    private static byte[] hashes(TilePath tile, RecentTree tree) {
        byte[] hashes = new byte[tile.width() * MerkleTree.HASH_BYTES];
        for (int i = 0; i < tile.width(); i++) {
            byte[] hash = tree.node(8 * tile.level(), tile.index() * TilePath.WIDTH + i);
            System.arraycopy(hash, 0, hashes, i * MerkleTree.HASH_BYTES, MerkleTree.HASH_BYTES);
        }
        return hashes;
    }
}
