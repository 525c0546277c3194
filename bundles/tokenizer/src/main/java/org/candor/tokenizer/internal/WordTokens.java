package org.candor.tokenizer.internal;

import java.util.Arrays;

/** Tokens of a piece and which of its characters they cover. Mutable, one thread. */
final class WordTokens {
    private int[] ids;
    private int[] starts;
    private int[] ends;
    private int count;

    WordTokens(int capacity) {
        int room = Math.max(4, capacity);
        ids = new int[room];
        starts = new int[room];
        ends = new int[room];
    }

    int count() {
        return count;
    }

    int id(int token) {
        return ids[token];
    }

    int start(int token) {
        return starts[token];
    }

    int end(int token) {
        return ends[token];
    }

    void add(int id, int start, int end) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        ids[count] = id;
        starts[count] = start;
        ends[count++] = end;
    }
}
