package org.candor.api.tokenize;

import java.util.List;

/**
 * What a tokenizer makes of one text or pair. All arrays have one entry per token and are not copied: do not change
 * them.
 *
 * @param ids token ids
 * @param typeIds 0 for the first text and 1 for the second, as the post-processor says
 * @param tokens the tokens' text
 * @param starts first code point of the original text that the token covers; 0 for special tokens
 * @param ends code point after the last one; 0 for special tokens
 * @param attentionMask 1 for tokens, 0 for padding
 * @param specialTokensMask 1 for tokens the post-processor added and for padding
 * @param wordIds number of the pre-token within its sequence, -1 for none
 * @param sequenceIds 0 or 1, -1 for none
 * @param overflowing what truncation cut off, in the library's order
 */
public record Encoding(
        int[] ids,
        int[] typeIds,
        String[] tokens,
        int[] starts,
        int[] ends,
        int[] attentionMask,
        int[] specialTokensMask,
        int[] wordIds,
        int[] sequenceIds,
        List<Encoding> overflowing) {

    /** Number of tokens, padding included. */
    public int length() {
        return ids.length;
    }
}
