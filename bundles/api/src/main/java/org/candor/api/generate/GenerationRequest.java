package org.candor.api.generate;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * One prompt to be continued, or to be read by the model's encoder ({@link TextGenerator#encodesPrompts}) and followed by a text.
 *
 * @param prompt token ids, special ones included; at least one; not changed
 * @param maxTokens most tokens to write, at least 1; prompt and these fit the model's longest text
 * @param choices continuations of this prompt, 1 to 128
 * @param search how they are found
 * @param sampling how tokens are taken
 * @param stops texts at which a continuation ends; they are not part of it. At most 65,536 characters together
 * @param stopTokens ids at which it ends as well; they are not part of its text
 * @param jsonSchema JSON schema that the text is valid under, or null
 * @param specialTokensShown whether special tokens are written out in the text; end tokens never are
 * @param tenant whose request it is: what one tenant's texts left in the cache serves no other, and tenants have equal
 *     shares of the model
 * @param patience after which it ends with {@link FinishReason#DEADLINE}, counted from the submission
 */
public record GenerationRequest(
        int[] prompt,
        int maxTokens,
        int choices,
        Search search,
        Sampling sampling,
        List<String> stops,
        Set<Integer> stopTokens,
        String jsonSchema,
        boolean specialTokensShown,
        String tenant,
        Duration patience) {

    public GenerationRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(search, "search");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(patience, "patience");
        stops = List.copyOf(stops);
        stopTokens = Set.copyOf(stopTokens);
    }

    /** Each choice is drawn by itself. */
    public GenerationRequest(
            int[] prompt,
            int maxTokens,
            int choices,
            Sampling sampling,
            List<String> stops,
            Set<Integer> stopTokens,
            String jsonSchema,
            boolean specialTokensShown,
            String tenant,
            Duration patience) {
        this(
                prompt,
                maxTokens,
                choices,
                Search.DRAWN,
                sampling,
                stops,
                stopTokens,
                jsonSchema,
                specialTokensShown,
                tenant,
                patience);
    }

    /** The same, found in another way. */
    public GenerationRequest with(Search other) {
        return new GenerationRequest(
                prompt,
                maxTokens,
                choices,
                other,
                sampling,
                stops,
                stopTokens,
                jsonSchema,
                specialTokensShown,
                tenant,
                patience);
    }
}
