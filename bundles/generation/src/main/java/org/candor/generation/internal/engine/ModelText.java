package org.candor.generation.internal.engine;

import java.util.Map;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.generate.Sampling;
import org.candor.api.tokenize.Tokenizer;

/**
 * How a model deals with text.
 *
 * @param tokenizer or null
 * @param chatTemplate or null
 * @param specialTokens text by name, for example {@code bos_token}
 * @param recommended how its authors would sample
 */
public record ModelText(
        Tokenizer tokenizer, ChatTemplate chatTemplate, Map<String, String> specialTokens, Sampling recommended) {

    public ModelText {
        specialTokens = Map.copyOf(specialTokens);
    }

    /** Token ids only. */
    public static final ModelText NONE = new ModelText(null, null, Map.of(), Sampling.PLAIN);
}
