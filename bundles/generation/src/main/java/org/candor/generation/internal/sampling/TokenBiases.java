package org.candor.generation.internal.sampling;

import java.util.List;
import java.util.Map;

/**
 * Scores that the request itself moves.
 *
 * @param sequences biases that add up
 * @param logitBias from id to what is added, -100 to 100
 * @param badWords runs of ids that must not be completed; an end token alone is never banned
 * @param suppress ids that are never taken
 * @param suppressAtBegin ids that are not the first after the prompt
 */
public record TokenBiases(
        List<SequenceBias> sequences,
        Map<Integer, Double> logitBias,
        List<List<Integer>> badWords,
        List<Integer> suppress,
        List<Integer> suppressAtBegin) {

    public static final TokenBiases NONE = new TokenBiases(List.of(), Map.of(), List.of(), List.of(), List.of());

    public TokenBiases {
        sequences = List.copyOf(sequences);
        logitBias = Map.copyOf(logitBias);
        badWords = badWords.stream().map(List::copyOf).toList();
        suppress = List.copyOf(suppress);
        suppressAtBegin = List.copyOf(suppressAtBegin);
        logitBias.forEach((id, bias) -> {
            Allowed.token("logit_bias", id);
            Allowed.between("logit_bias." + id, bias, -100, 100);
        });
        for (List<Integer> word : badWords) {
            if (word.isEmpty()) {
                throw Allowed.refused("bad_words_ids", word, "lists of at least one token id");
            }
            word.forEach(id -> Allowed.token("bad_words_ids", id));
        }
        suppress.forEach(id -> Allowed.token("suppress_tokens", id));
        suppressAtBegin.forEach(id -> Allowed.token("begin_suppress_tokens", id));
    }
}
