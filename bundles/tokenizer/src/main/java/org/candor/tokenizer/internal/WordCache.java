package org.candor.tokenizer.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Remembers the tokens of words, since few words make up most of a text. A word that falls on another's place takes it. Size is
 * bounded: at most {@value #SLOTS} words of {@value #LONGEST} characters. Thread safe: an entry is never changed once it is
 * visible.
 */
final class WordCache {
    static final int LONGEST = 24;
    static final int SLOTS = 1 << 16;
    private static final int FIRST_SLOTS = 1 << 12;

    /** Hash, length, characters, then for each token its id and (start, end) within the word. */
    private volatile AtomicReferenceArray<int[]> entries = new AtomicReferenceArray<>(FIRST_SLOTS);

    /** Words put since the table grew; a lost count does no harm. */
    private int put;

    private static int hash(int[] points, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = (hash ^ points[i]) * 0x9E3779B1;
            hash ^= hash >>> 15;
        }
        return hash;
    }

    /** Adds the tokens of a known word. */
    boolean emit(Vocabulary vocabulary, NormalizedText text, int from, int to, int word, TokenBuffer tokens) {
        int length = to - from;
        if (length > LONGEST) {
            return false;
        }
        int[] points = text.codePoints();
        int hash = hash(points, from, to);
        AtomicReferenceArray<int[]> table = entries;
        int[] entry = table.getAcquire(hash & table.length() - 1);
        if (entry == null || entry[0] != hash || entry[1] != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (entry[2 + i] != points[from + i]) {
                return false;
            }
        }
        for (int at = 2 + length; at < entry.length; at += 2) {
            int id = entry[at];
            int span = entry[at + 1];
            tokens.add(
                    id,
                    vocabulary.token(id),
                    text.originalStart(from + (span >>> 16)),
                    text.originalEnd(from + (span & 0xFFFF)),
                    word);
        }
        return true;
    }

    /** Remembers the tokens of a word that is not too long. */
    void put(NormalizedText text, int from, int to, WordTokens tokens) {
        int length = to - from;
        if (length > LONGEST) {
            return;
        }
        int[] points = text.codePoints();
        int[] entry = new int[2 + length + 2 * tokens.count()];
        entry[0] = hash(points, from, to);
        entry[1] = length;
        System.arraycopy(points, from, entry, 2, length);
        for (int i = 0; i < tokens.count(); i++) {
            entry[2 + length + 2 * i] = tokens.id(i);
            entry[3 + length + 2 * i] = tokens.start(i) << 16 | tokens.end(i);
        }
        AtomicReferenceArray<int[]> table = entries;
        if (++put > 2 * table.length() && table.length() < SLOTS) {
            table = grow(table);
        }
        table.setRelease(entry[0] & table.length() - 1, entry);
    }

    private AtomicReferenceArray<int[]> grow(AtomicReferenceArray<int[]> table) {
        AtomicReferenceArray<int[]> larger = new AtomicReferenceArray<>(table.length() * 4);
        for (int i = 0; i < table.length(); i++) {
            int[] entry = table.getAcquire(i);
            if (entry != null) {
                larger.setRelease(entry[0] & larger.length() - 1, entry);
            }
        }
        put = 0;
        entries = larger;
        return larger;
    }
}
