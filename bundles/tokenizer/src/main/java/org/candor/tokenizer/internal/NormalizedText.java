package org.candor.tokenizer.internal;

import java.util.Arrays;

/**
 * Text as code points, each with the code point of the original text it stands for. A character that a normaliser adds stands
 * where its neighbour does, so one position per character is enough; a token covers [position(first), position(last) + 1).
 * A character that stands for nothing, put in front of all others, has the complement of the position it is before.
 * Mutable, one thread.
 */
final class NormalizedText {
    private int[] codePoints;
    private int[] positions;
    private int length;
    private int[] spareCodePoints;
    private int[] sparePositions;
    private int written;

    NormalizedText(int capacity) {
        codePoints = new int[capacity];
        positions = new int[capacity];
        spareCodePoints = new int[capacity];
        sparePositions = new int[capacity];
    }

    int length() {
        return length;
    }

    int capacity() {
        return codePoints.length;
    }

    /** The code points; valid up to {@link #length} until the next change. */
    int[] codePoints() {
        return codePoints;
    }

    /** Index in the original text for each code point; valid up to {@link #length} until the next change. */
    int[] positions() {
        return positions;
    }

    /** First original code point of a non-empty range. */
    int originalStart(int from) {
        int position = positions[from];
        return position < 0 ? ~position : position;
    }

    /** Original code point after a non-empty range. */
    int originalEnd(int to) {
        int position = positions[to - 1];
        return position < 0 ? ~position : position + 1;
    }

    /** Becomes a stretch of the original text. */
    void set(int[] original, int from, int to) {
        int count = to - from;
        if (codePoints.length < count) {
            codePoints = new int[count];
            positions = new int[count];
        }
        System.arraycopy(original, from, codePoints, 0, count);
        for (int i = 0; i < count; i++) {
            positions[i] = from + i;
        }
        length = count;
    }

    /** Starts a new version of the text; until {@link #finish} the old one stays readable. */
    void rewrite() {
        written = 0;
        if (spareCodePoints.length < length) {
            spareCodePoints = new int[length];
            sparePositions = new int[length];
        }
    }

    /** Adds a character to the new version. */
    void emit(int codePoint, int position) {
        if (written == spareCodePoints.length) {
            spareCodePoints = Arrays.copyOf(spareCodePoints, Math.max(16, written + (written >> 1)));
            sparePositions = Arrays.copyOf(sparePositions, spareCodePoints.length);
        }
        spareCodePoints[written] = codePoint;
        sparePositions[written++] = position;
    }

    /** Makes room for so many characters of the new version in all; grows by half at least, so that many calls stay linear. */
    void reserve(int total) {
        int capacity = spareCodePoints.length;
        if (capacity < total) {
            spareCodePoints = Arrays.copyOf(spareCodePoints, Math.max(total, capacity + (capacity >> 1)));
            sparePositions = Arrays.copyOf(sparePositions, spareCodePoints.length);
        }
    }

    /** The code points of the new version, for writing without {@link #emit}; valid until the next reserve or emit. */
    int[] newCodePoints() {
        return spareCodePoints;
    }

    /** The positions of the new version, likewise. */
    int[] newPositions() {
        return sparePositions;
    }

    /** Says how many characters of the new version there are, after writing without {@link #emit}. */
    void setWritten(int count) {
        written = count;
    }

    /** Characters written so far to the new version. */
    int written() {
        return written;
    }

    /** Makes the new version the text. */
    void finish() {
        int[] points = codePoints;
        int[] places = positions;
        codePoints = spareCodePoints;
        positions = sparePositions;
        spareCodePoints = points;
        sparePositions = places;
        length = written;
    }

    String text(int from, int to) {
        return new String(codePoints, from, to - from);
    }
}
