package org.candor.retrieval.internal.text;

/**
 * A stretch of text.
 *
 * @param start first position
 * @param end position after the last
 */
public record Span(int start, int end) {

    /** Positions covered. */
    public int length() {
        return end - start;
    }
}
