package org.candor.api.generate;

import java.util.List;

/**
 * All that was written for some prompts.
 *
 * @param continuations those of the first prompt first
 * @param promptTokens tokens of the prompts together
 * @param cachedTokens of these, how many were in the cache already
 * @param completionTokens tokens that were taken, in candidates and beams that are not among the continuations too
 * @param busyNanos processor time of the model that fell to these texts, summed over threads: their shares of passes by
 *     numbers of tokens
 * @param waitNanos until the first pass that read one of the prompts
 * @param firstNanos until the first token, -1 where there was none
 * @param lastNanos until the last token, -1 where there was none
 */
public record Generated(
        List<Continuation> continuations,
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        long busyNanos,
        long waitNanos,
        long firstNanos,
        long lastNanos) {

    public Generated {
        continuations = List.copyOf(continuations);
    }
}
