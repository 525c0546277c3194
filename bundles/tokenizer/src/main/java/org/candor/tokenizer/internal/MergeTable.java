package org.candor.tokenizer.internal;

import java.util.Arrays;

/** Which two tokens merge into which, and in what order. Open addressing on the pair. Immutable, thread safe. */
final class MergeTable {
    static final int NONE = -1;

    private final long[] pairs;
    private final int[] ranks;
    private final int[] merged;
    private final int mask;

    /**
     * @param first left token of each merge, the most important first
     * @param second right token of each merge
     * @param merged the token they become
     */
    MergeTable(int[] first, int[] second, int[] merged) {
        int size = Math.max(16, Integer.highestOneBit(Math.max(1, first.length)) * 4);
        this.pairs = new long[size];
        this.ranks = new int[size];
        this.merged = merged.clone();
        this.mask = size - 1;
        Arrays.fill(ranks, NONE);
        for (int rank = 0; rank < first.length; rank++) {
            int at = slot(first[rank], second[rank]);
            pairs[at] = pair(first[rank], second[rank]);
            // Of equal pairs the last counts.
            ranks[at] = rank;
        }
    }

    private static long pair(int first, int second) {
        return (long) first << 32 | second;
    }

    private int slot(int first, int second) {
        long pair = pair(first, second);
        long hash = pair * 0x9E3779B97F4A7C15L;
        int at = (int) (hash >>> 32) & mask;
        while (ranks[at] != NONE && pairs[at] != pair) {
            at = at + 1 & mask;
        }
        return at;
    }

    /** Rank of a merge, lowest first, or {@link #NONE}. */
    int rank(int first, int second) {
        return ranks[slot(first, second)];
    }

    /** The token that a merge makes. */
    int merged(int rank) {
        return merged[rank];
    }
}
