package org.candor.api.model;

import java.util.Map;
import org.candor.api.tokenize.EmbeddedVocabulary;

/**
 * What a weight file itself holds for dealing with text, as GGUF files do.
 *
 * @param family the {@code model_type}
 * @param vocabulary the tokenizer, or null
 * @param chatTemplates by name, the usual one under {@code default}
 * @param specialTokens text by name, for example {@code bos_token}
 */
public record EmbeddedText(
        String family,
        EmbeddedVocabulary vocabulary,
        Map<String, String> chatTemplates,
        Map<String, String> specialTokens) {

    public EmbeddedText {
        chatTemplates = Map.copyOf(chatTemplates);
        specialTokens = Map.copyOf(specialTokens);
    }
}
