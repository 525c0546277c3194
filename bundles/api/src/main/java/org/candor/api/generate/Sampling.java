package org.candor.api.generate;

import java.util.Map;
import java.util.Objects;

/**
 * How the next token is taken. Names and ranges are those of OpenAI's parameters, and of vLLM's extensions to them; values out
 * of range are refused when a text is asked for, by these names.
 *
 * @param temperature 0 ({@code temperature}; takes the best token) to 100
 * @param topK most tokens to choose from ({@code top_k}), 0 for all
 * @param topP probability that the likeliest tokens have to reach together ({@code top_p}), 0 to 1
 * @param minP least probability as a share of the best token's ({@code min_p}), 0 to 1
 * @param typicalP probability that the most typical tokens have to reach together ({@code typical_p}), above 0, up to 1
 * @param repetitionPenalty {@code repetition_penalty}, above 0 up to 100; 1 is off
 * @param presencePenalty {@code presence_penalty}, -2 to 2
 * @param frequencyPenalty {@code frequency_penalty}, -2 to 2
 * @param noRepeatNgram length of runs of tokens that do not occur twice ({@code no_repeat_ngram_size}), 0 is off
 * @param logitBias what is added to the scores of ids ({@code logit_bias}), -100 to 100
 * @param minTokens tokens before which no end token is taken ({@code min_tokens})
 * @param ignoreEnd whether end tokens are never taken ({@code ignore_eos})
 * @param seed with the number of the choice and the position it determines each draw
 * @param logprobs likeliest tokens to report beside the one taken, 0 to 20; -1 reports no probabilities
 */
public record Sampling(
        double temperature,
        int topK,
        double topP,
        double minP,
        double typicalP,
        double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        int noRepeatNgram,
        Map<Integer, Double> logitBias,
        int minTokens,
        boolean ignoreEnd,
        long seed,
        int logprobs) {

    /** Tokens as likely as the model says, seed 0, no probabilities. */
    public static final Sampling PLAIN = new Sampling(1, 0, 1, 0, 1, 1, 0, 0, 0, Map.of(), 0, false, 0, -1);

    /** The likeliest token at each step. */
    public static final Sampling GREEDY = PLAIN.withTemperature(0);

    public Sampling {
        logitBias = Map.copyOf(Objects.requireNonNull(logitBias, "logitBias"));
    }

    public Sampling withTemperature(double other) {
        return new Sampling(
                other,
                topK,
                topP,
                minP,
                typicalP,
                repetitionPenalty,
                presencePenalty,
                frequencyPenalty,
                noRepeatNgram,
                logitBias,
                minTokens,
                ignoreEnd,
                seed,
                logprobs);
    }

    public Sampling withSeed(long other) {
        return new Sampling(
                temperature,
                topK,
                topP,
                minP,
                typicalP,
                repetitionPenalty,
                presencePenalty,
                frequencyPenalty,
                noRepeatNgram,
                logitBias,
                minTokens,
                ignoreEnd,
                other,
                logprobs);
    }
}
