package org.candor.generation.internal.sampling;

import java.util.Arrays;

/** The tokens of one text so far, prompt first, with what penalties ask of them. One thread at a time. */
public final class TokenHistory {
    private static final int FREE = -1;

    private int[] ids;
    private int length;
    private final int promptLength;

    // Distinct tokens in the order of their first occurrence, and a hash table (open addressing) from id to their
    // index.
    private int[] distinct = new int[16];
    private int[] last = new int[16];
    private int[] generated = new int[16];
    private int distinctCount;
    private int[] slots = new int[64];

    /** @param prompt token ids, none below 0; copied */
    public TokenHistory(int[] prompt) {
        ids = new int[Math.max(16, prompt.length * 2)];
        promptLength = prompt.length;
        Arrays.fill(slots, FREE);
        for (int id : prompt) {
            append(id);
        }
    }

    private TokenHistory(TokenHistory other) {
        ids = other.ids.clone();
        length = other.length;
        promptLength = other.promptLength;
        distinct = other.distinct.clone();
        last = other.last.clone();
        generated = other.generated.clone();
        distinctCount = other.distinctCount;
        slots = other.slots.clone();
    }

    /** The same tokens, which go on by themselves. */
    public TokenHistory copy() {
        return new TokenHistory(this);
    }

    /** Adds a generated token. */
    public void append(int id) {
        Allowed.token("token", id);
        if (length == ids.length) {
            ids = Arrays.copyOf(ids, length * 2);
        }
        int index = indexOf(id);
        last[index] = length;
        if (length >= promptLength) {
            generated[index]++;
        }
        ids[length++] = id;
    }

    public int length() {
        return length;
    }

    public int promptLength() {
        return promptLength;
    }

    public int id(int position) {
        return ids[position];
    }

    /** A copy of the first ids. */
    public int[] first(int count) {
        return Arrays.copyOf(ids, count);
    }

    /** A copy of the ids from one position up to, not including, another. */
    public int[] range(int from, int to) {
        return Arrays.copyOfRange(ids, from, to);
    }

    /** Length of the common beginning with these ids. */
    public int common(int[] other) {
        return common(other, other.length);
    }

    /** Length of the common beginning with another text, of which the first {@code count} tokens count. */
    public int common(TokenHistory other, int count) {
        return common(other.ids, Math.min(count, other.length));
    }

    private int common(int[] other, int count) {
        int compared = Math.min(length, count);
        int mismatch = Arrays.mismatch(ids, 0, compared, other, 0, compared);
        return mismatch < 0 ? compared : mismatch;
    }

    int distinctCount() {
        return distinctCount;
    }

    int distinct(int index) {
        return distinct[index];
    }

    /** Position of the last occurrence. */
    int last(int index) {
        return last[index];
    }

    /** Occurrences after the prompt. */
    int generated(int index) {
        return generated[index];
    }

    /** Whether the text ends with the first {@code count} of these ids. */
    boolean endsWith(int[] other, int count) {
        return count <= length && Arrays.equals(ids, length - count, length, other, 0, count);
    }

    /** Whether the {@code count} tokens from this position are also the last of the text. */
    boolean repeatsEnd(int from, int count) {
        return Arrays.equals(ids, from, from + count, ids, length - count, length);
    }

    private int indexOf(int id) {
        int slot = slot(id);
        if (slots[slot] != FREE) {
            return slots[slot];
        }
        if (distinctCount == distinct.length) {
            grow();
            slot = slot(id);
        }
        distinct[distinctCount] = id;
        slots[slot] = distinctCount;
        return distinctCount++;
    }

    private int slot(int id) {
        int slot = id * 0x9E3779B9 >>> Integer.numberOfLeadingZeros(slots.length - 1);
        while (slots[slot] != FREE && distinct[slots[slot]] != id) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private void grow() {
        int size = distinct.length * 2;
        distinct = Arrays.copyOf(distinct, size);
        last = Arrays.copyOf(last, size);
        generated = Arrays.copyOf(generated, size);
        slots = new int[size * 4];
        Arrays.fill(slots, FREE);
        for (int i = 0; i < distinctCount; i++) {
            slots[slot(distinct[i])] = i;
        }
    }
}
