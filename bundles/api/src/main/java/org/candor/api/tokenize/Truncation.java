package org.candor.api.tokenize;

/**
 * How long input is cut.
 *
 * @param maxLength most tokens kept, special ones included
 * @param stride tokens repeated between a piece and the next overflowing one; smaller than what is left of maxLength
 *     after special tokens
 * @param strategy what is cut of a pair
 * @param direction the side that is cut
 */
public record Truncation(int maxLength, int stride, Strategy strategy, Direction direction) {

    /** What is cut of a pair. */
    public enum Strategy {
        LONGEST_FIRST,
        ONLY_FIRST,
        ONLY_SECOND
    }

    /** The side that is cut or padded. */
    public enum Direction {
        LEFT,
        RIGHT
    }

    /** Cuts on the right, longest first, without stride. */
    public static Truncation at(int maxLength) {
        return new Truncation(maxLength, 0, Strategy.LONGEST_FIRST, Direction.RIGHT);
    }
}
