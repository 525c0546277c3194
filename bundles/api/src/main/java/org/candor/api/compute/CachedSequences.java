package org.candor.api.compute;

import java.util.List;

/**
 * The sequences of a batch whose keys and values lie in a paged cache: which rows of the batch are new tokens of each,
 * and in which blocks of the cache its keys lie. The key at position p of sequence i is row {@code slot(i, p)} of the
 * cache. Immutable.
 */
public final class CachedSequences {

    /**
     * One sequence.
     *
     * @param queries rows in the batch, at least 1
     * @param position where the first of them stands
     * @param keys keys in the cache
     * @param blocks its blocks in the order of positions, enough for the keys; not to be changed
     */
    public record Entry(int queries, int position, int keys, int[] blocks) {}

    private final int blockSize;
    private final Entry[] entries;
    private final int[] starts;

    private CachedSequences(int blockSize, Entry[] entries, int[] starts) {
        this.blockSize = blockSize;
        this.entries = entries;
        this.starts = starts;
    }

    /**
     * Sequences in a cache of blocks of this size; their queries are one after the other in the batch.
     *
     * @throws IllegalArgumentException when there is none, one has no query or no key, or too few blocks
     */
    public static CachedSequences of(int blockSize, List<Entry> sequences) {
        if (blockSize <= 0 || sequences.isEmpty()) {
            throw new IllegalArgumentException(
                    sequences.size() + " sequences in blocks of " + blockSize + ": at least one of each is needed");
        }
        Entry[] entries = sequences.toArray(Entry[]::new);
        int[] starts = new int[entries.length + 1];
        for (int i = 0; i < entries.length; i++) {
            Entry entry = entries[i];
            if (entry.queries <= 0 || entry.position < 0 || entry.keys <= 0) {
                throw new IllegalArgumentException("sequence " + i + " has " + entry.queries + " queries from position "
                        + entry.position + " and " + entry.keys + " keys");
            }
            if ((long) entry.blocks.length * blockSize < entry.keys) {
                throw new IllegalArgumentException("sequence " + i + " has " + entry.blocks.length + " blocks of "
                        + blockSize + ", too few for " + entry.keys + " keys");
            }
            starts[i + 1] = Math.addExact(starts[i], entry.queries);
        }
        return new CachedSequences(blockSize, entries, starts);
    }

    /**
     * Sequences whose keys are no cache but the batch itself: query t of a sequence is in the row of its key t. For
     * attention within whole sequences.
     */
    public static CachedSequences whole(Sequences sequences) {
        Entry[] entries = new Entry[sequences.count()];
        int[] starts = new int[entries.length + 1];
        for (int i = 0; i < entries.length; i++) {
            int[] rows = new int[sequences.length(i)];
            for (int t = 0; t < rows.length; t++) {
                rows[t] = sequences.start(i) + t;
            }
            entries[i] = new Entry(rows.length, 0, rows.length, rows);
            starts[i + 1] = sequences.start(i + 1);
        }
        return new CachedSequences(1, entries, starts);
    }

    /** Rows of one block. */
    public int blockSize() {
        return blockSize;
    }

    /** Number of sequences. */
    public int count() {
        return entries.length;
    }

    /** First row of sequence i in the batch; {@code start(count())} is the number of rows. */
    public int start(int i) {
        return starts[i];
    }

    /** Rows of sequence i in the batch. */
    public int queries(int i) {
        return entries[i].queries;
    }

    /** Rows of the batch. */
    public int tokens() {
        return starts[entries.length];
    }

    /** Position of the first query of sequence i. */
    public int position(int i) {
        return entries[i].position;
    }

    /** Keys of sequence i. */
    public int keys(int i) {
        return entries[i].keys;
    }

    /** Number of blocks that hold the keys of sequence i. */
    public int blocks(int i) {
        return Math.ceilDiv(entries[i].keys, blockSize);
    }

    /** Block number {@code index} of sequence i, in the order of positions. */
    public int block(int i, int index) {
        return entries[i].blocks[index];
    }

    /** Row of the cache that holds the key at a position of sequence i. */
    public int slot(int i, int position) {
        return entries[i].blocks[position / blockSize] * blockSize + position % blockSize;
    }

    /** Whether the keys [from, to) of sequence i, at least one, are in rows that follow each other. */
    public boolean contiguous(int i, int from, int to) {
        for (int index = from / blockSize; index < (to - 1) / blockSize; index++) {
            if (block(i, index + 1) != block(i, index) + 1) {
                return false;
            }
        }
        return true;
    }
}
