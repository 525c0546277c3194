package org.candor.api.tokenize;

/**
 * How to encode.
 *
 * @param addSpecialTokens whether the post-processor adds its tokens
 * @param truncation or null for none
 * @param padding or null for none
 */
public record EncodeOptions(boolean addSpecialTokens, Truncation truncation, Padding padding) {

    /** With special tokens, neither truncation nor padding. */
    public static final EncodeOptions DEFAULT = new EncodeOptions(true, null, null);

    /** With special tokens, cut at this many tokens. */
    public static EncodeOptions truncatedAt(int maxLength) {
        return new EncodeOptions(true, Truncation.at(maxLength), null);
    }
}
