package org.candor.transformer.internal.gguf;

import java.util.HashMap;
import java.util.Map;
import org.candor.api.model.EmbeddedText;
import org.candor.api.tokenize.EmbeddedVocabulary;

/** Hands the tokenizer of a GGUF file to those who make one of it. */
public final class GgufText {

    private static final int NONE = -1;

    private GgufText() {}

    /** @param vocabulary or null for a file without a tokenizer */
    public static EmbeddedText of(String family, GgufVocabulary vocabulary) {
        if (vocabulary == null) {
            return new EmbeddedText(family, null, Map.of(), Map.of());
        }
        Map<String, Integer> special = vocabulary.special();
        Map<String, String> texts = new HashMap<>();
        special.forEach(
                (role, id) -> texts.put(role + "_token", vocabulary.tokens().get(id)));
        return new EmbeddedText(family, embedded(vocabulary), vocabulary.chatTemplates(), texts);
    }

    private static EmbeddedVocabulary embedded(GgufVocabulary from) {
        Map<String, Integer> special = from.special();
        boolean words = "bert".equals(from.model());
        return new EmbeddedVocabulary(
                from.model(),
                from.pre(),
                from.tokens(),
                from.scores(),
                from.types(),
                from.merges(),
                special.getOrDefault("bos", NONE),
                special.getOrDefault(words ? "sep" : "eos", special.getOrDefault("eos", NONE)),
                special.getOrDefault("unk", NONE),
                from.addBos(),
                from.addEos(),
                from.addSpacePrefix(),
                Boolean.TRUE.equals(from.removeExtraWhitespaces()),
                from.precompiledCharsmap());
    }
}
