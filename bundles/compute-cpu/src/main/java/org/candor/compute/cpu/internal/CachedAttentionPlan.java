package org.candor.compute.cpu.internal;

import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.CachedSequences;

/**
 * How attention over a cache is divided: sequences times heads of keys and values, some of them together, times blocks of
 * queries. No effect on results.
 */
record CachedAttentionPlan(CachedSequences sequences, int heads, int together, int blocks, int chunks) {

    /** Rows, a query head at a query each, that go through the tiles together: a multiple of the register tile's. */
    static final int BLOCK = 12;

    /** Queries worth packing a head's keys once more. */
    private static final int LEAST_QUERIES = 48;

    /** Whether so many queries are one block: they read a head once, where more would read it again and again. */
    static boolean few(int queries, AttentionShape shape) {
        return queries * shape.group() <= BLOCK;
    }

    /** Receives one part: the queries [from, to) of a sequence with the heads [headFrom, headTo) of keys and values. */
    interface Part {
        void run(int sequence, int headFrom, int headTo, int from, int to);
    }

    /**
     * Checks the sequences and plans them.
     *
     * @param slots rows of the cache
     * @throws IllegalArgumentException when a block lies outside the cache, or a causal query behind the last key
     */
    static CachedAttentionPlan of(CachedSequences sequences, AttentionShape shape, int slots, int threads) {
        long pairs = 0;
        int longest = 0;
        for (int i = 0; i < sequences.count(); i++) {
            int queries = sequences.queries(i);
            int keys = sequences.keys(i);
            if (shape.causal() && sequences.position(i) + queries > keys) {
                throw new IllegalArgumentException("sequence " + i + " has queries up to position "
                        + (sequences.position(i) + queries - 1) + ", but only " + keys + " keys");
            }
            for (int b = 0; b < sequences.blocks(i); b++) {
                // The last block may reach behind the keys.
                int rows = Math.min(sequences.blockSize(), keys - b * sequences.blockSize());
                long end = (long) sequences.block(i, b) * sequences.blockSize() + rows;
                if (sequences.block(i, b) < 0 || end > slots) {
                    throw new IllegalArgumentException("sequence " + i + " has block " + sequences.block(i, b) + " of "
                            + sequences.blockSize() + " rows, the cache has " + slots + " rows");
                }
            }
            longest = Math.max(longest, queries);
            pairs += (long) queries * keys;
        }
        int heads = shape.keyValueHeads();
        if (pairs * shape.heads() * shape.headSize() < CpuQueue.SMALL) {
            return new CachedAttentionPlan(sequences, heads, heads, 1, 1);
        }
        if (few(longest, shape)) {
            int parts = Math.clamp(Math.ceilDiv(2 * threads, sequences.count()), 1, heads);
            int together = Math.ceilDiv(heads, parts);
            return new CachedAttentionPlan(
                    sequences, heads, together, 1, sequences.count() * Math.ceilDiv(heads, together));
        }
        int split = Math.ceilDiv(2 * threads, sequences.count() * heads);
        int blocks = Math.clamp(split, 1, Math.ceilDiv(longest, LEAST_QUERIES));
        return new CachedAttentionPlan(sequences, heads, 1, blocks, sequences.count() * heads * blocks);
    }

    /** Gives the parts of one chunk. */
    void parts(int chunk, Part part) {
        int groups = Math.ceilDiv(heads, together);
        int all = sequences.count() * groups * blocks;
        int step = Math.ceilDiv(all, chunks);
        for (int i = chunk * step; i < Math.min(all, (chunk + 1) * step); i++) {
            int sequence = i / blocks / groups;
            int queries = sequences.queries(sequence);
            int rows = Math.ceilDiv(queries, blocks);
            int from = Math.min(queries, i % blocks * rows);
            int to = Math.min(queries, from + rows);
            if (from < to) {
                int head = i / blocks % groups * together;
                part.run(sequence, head, Math.min(heads, head + together), from, to);
            }
        }
    }
}
