package org.candor.tokenizer.internal;

import java.util.Arrays;

/** The tokens of one text, before special tokens are added. Mutable, one thread. */
final class TokenBuffer {
    private int[] ids;
    private String[] tokens;
    private int[] starts;
    private int[] ends;
    private int[] words;
    private int length;

    TokenBuffer(int capacity) {
        ids = new int[capacity];
        tokens = new String[capacity];
        starts = new int[capacity];
        ends = new int[capacity];
        words = new int[capacity];
    }

    int length() {
        return length;
    }

    int capacity() {
        return ids.length;
    }

    void clear() {
        length = 0;
    }

    /** Takes tokens from the end until this many are left. */
    void shrink(int newLength) {
        length = newLength;
    }

    void add(int id, String token, int start, int end, int word) {
        if (length == ids.length) {
            int capacity = Math.max(16, length * 2);
            ids = Arrays.copyOf(ids, capacity);
            tokens = Arrays.copyOf(tokens, capacity);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
            words = Arrays.copyOf(words, capacity);
        }
        ids[length] = id;
        tokens[length] = token;
        starts[length] = start;
        ends[length] = end;
        words[length++] = word;
    }

    /** A copy that keeps its content when this buffer is used again. */
    TokenBuffer copy() {
        TokenBuffer copy = new TokenBuffer(0);
        copy.ids = Arrays.copyOf(ids, length);
        copy.tokens = Arrays.copyOf(tokens, length);
        copy.starts = Arrays.copyOf(starts, length);
        copy.ends = Arrays.copyOf(ends, length);
        copy.words = Arrays.copyOf(words, length);
        copy.length = length;
        return copy;
    }

    /** Copies tokens [from, to) into an encoding's arrays. */
    void copyTo(int from, int to, EncodingArrays target, int at) {
        int count = to - from;
        System.arraycopy(ids, from, target.ids, at, count);
        System.arraycopy(tokens, from, target.tokens, at, count);
        System.arraycopy(starts, from, target.starts, at, count);
        System.arraycopy(ends, from, target.ends, at, count);
        System.arraycopy(words, from, target.wordIds, at, count);
    }
}
