package org.candor.tokenizer.internal;

/**
 * A token found in the text before the model sees it.
 *
 * @param singleWord only where no word character is beside it
 * @param leftStrip takes the white space before it
 * @param rightStrip takes the white space after it
 * @param normalized looked for in the normalised text
 * @param special left out of decoded text on request
 */
record AddedToken(
        int id,
        String content,
        boolean singleWord,
        boolean leftStrip,
        boolean rightStrip,
        boolean normalized,
        boolean special) {}
