package org.candor.retrieval.internal.text;

/**
 * A stretch of extracted text that belongs together, in UTF-16 positions of that text.
 *
 * @param start first char, without markers such as {@code #} or {@code -}
 * @param end char after the last
 * @param kind what it is
 */
public record Block(int start, int end, Kind kind) {

    /** What a block is good for. */
    public enum Kind {
        /** Names what follows; found by search, never quoted. */
        HEADING,
        /** Running text, a list item, a table row: searched and quoted. */
        TEXT,
        /** Program text: searched, never quoted. */
        CODE
    }
}
