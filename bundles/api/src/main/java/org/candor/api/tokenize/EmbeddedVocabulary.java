package org.candor.api.tokenize;

import java.util.List;

/**
 * A tokenizer as it lies in a model file: the metadata {@code tokenizer.ggml.*} of GGUF. Lists and arrays are not copied: do not
 * change them.
 *
 * @param model {@code llama} (SentencePiece byte pairs), {@code gpt2} (byte-level byte pairs), {@code bert} (word pieces) or
 *     {@code t5} (Unigram)
 * @param pre how byte-level text is split, such as {@code llama-bpe}; null or empty for the default
 * @param tokens text of each id
 * @param scores score of each token, or null; llama and t5 need them
 * @param types type of each token, or null when all are normal: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte
 * @param merges byte pairs as {@code "left right"}, the most important first, or null; gpt2 needs them
 * @param beginId token in front of a text, or -1; {@code bos_token_id}, for bert {@code cls_token_id} where there is one
 * @param endId token behind a text, or -1; {@code eos_token_id}, for bert {@code seperator_token_id}
 * @param unknownId token for unknown text, or -1
 * @param addBegin whether the first is added, or null for what the kind of model usually does
 * @param addEnd whether the last is added, or null likewise
 * @param addSpacePrefix whether a blank is put in front of text, or null likewise
 * @param removeExtraWhitespace whether runs of blanks become one (t5)
 * @param charsmap SentencePiece's compiled normalisation rules (t5), or null
 */
public record EmbeddedVocabulary(
        String model,
        String pre,
        List<String> tokens,
        float[] scores,
        int[] types,
        List<String> merges,
        int beginId,
        int endId,
        int unknownId,
        Boolean addBegin,
        Boolean addEnd,
        Boolean addSpacePrefix,
        boolean removeExtraWhitespace,
        byte[] charsmap) {}
