package org.candor.transformer.internal;

/**
 * One input of a model. The arrays are not copied.
 *
 * @param ids token ids, special ones included
 * @param types 0 for tokens of the first text and 1 for those of the second, or null for all 0
 * @param mask 1 for tokens to compute and 0 for padding, or null for all 1
 */
public record TokenSequence(int[] ids, int[] types, int[] mask) {

    /** One text without padding. */
    public static TokenSequence of(int... ids) {
        return new TokenSequence(ids, null, null);
    }
}
