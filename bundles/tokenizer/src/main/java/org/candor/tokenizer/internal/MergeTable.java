package org.candor.tokenizer.internal;

import java.util.Arrays;

/**
 * Which two tokens merge into which, and in what order. Open addressing on the pair; a pair and what it becomes lie together.
 * Immutable, thread safe.
 */
final class MergeTable {
    static final long NONE = -1;

    /** Pair, then rank in the upper and token in the lower half. */
    private final long[] slots;

    private final int mask;

    /**
     * Ranks are the merges' places.
     *
     * @param first left token of each merge, the most important first
     * @param second right token of each merge
     * @param merged the token they become
     */
    MergeTable(int[] first, int[] second, int[] merged) {
        this(first, second, merged, places(first.length));
    }

    /** @param ranks lowest first; equal ranks are merged from the left */
    MergeTable(int[] first, int[] second, int[] merged, int[] ranks) {
        int size = Math.max(16, Integer.highestOneBit(Math.max(1, first.length)) * 4);
        this.slots = new long[2 * size];
        this.mask = size - 1;
        Arrays.fill(slots, NONE);
        for (int i = 0; i < first.length; i++) {
            long pair = pair(first[i], second[i]);
            int at = slot(pair);
            slots[at] = pair;
            // Of equal pairs the last counts.
            slots[at + 1] = (long) ranks[i] << 32 | merged[i];
        }
    }

    private static int[] places(int count) {
        int[] places = new int[count];
        Arrays.setAll(places, i -> i);
        return places;
    }

    private static long pair(int first, int second) {
        return (long) first << 32 | second;
    }

    private int slot(long pair) {
        long hash = pair * 0x9E3779B97F4A7C15L;
        int at = (int) (hash >>> 32) & mask;
        while (slots[2 * at] != pair && slots[2 * at] != NONE) {
            at = at + 1 & mask;
        }
        return 2 * at;
    }

    /** Rank of a merge in the upper 32 bits, the token it makes in the lower; {@link #NONE} when the two do not merge. */
    long merge(int first, int second) {
        return slots[slot(pair(first, second)) + 1];
    }
}
