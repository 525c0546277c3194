package org.candor.generation.internal.sampling;

import java.util.Objects;

/**
 * How the next token is taken. Immutable; names in errors are those of requests.
 *
 * @param temperature 0 takes the best token (of equal ones the lowest id) and makes no cuts; up to 100
 * @param seed with the number of the choice and the position it determines each draw
 * @param logprobs likeliest tokens that are reported beside the one taken, 0 to 20; -1 reports none, nor that one
 * @param logprobSource whose probabilities are reported
 */
public record SamplingSettings(
        double temperature,
        TokenCuts cuts,
        TokenPenalties penalties,
        TokenBiases biases,
        LengthRules lengths,
        DrawMethod draw,
        long seed,
        int logprobs,
        LogprobSource logprobSource) {

    /** How one of the tokens that are left is drawn. Both give the same distribution, not the same tokens. */
    public enum DrawMethod {
        /** One uniform number per token, compared with the running sum of probabilities in the order of ids. */
        INVERSE_CDF,
        /** One uniform number per token and id, so that ids may be looked at in any order, or on several processors. */
        GUMBEL_MAX
    }

    /** Whose probabilities are reported. */
    public enum LogprobSource {
        /** The model's, before anything of these settings. */
        MODEL,
        /** Those that the token was drawn from; at temperature 0, after biases, penalties and masks. */
        DRAWN
    }

    /** Everything off: tokens as likely as the model says, seed 0. */
    public static final SamplingSettings DEFAULT = new SamplingSettings(
            1,
            TokenCuts.NONE,
            TokenPenalties.NONE,
            TokenBiases.NONE,
            LengthRules.NONE,
            DrawMethod.INVERSE_CDF,
            0,
            -1,
            LogprobSource.MODEL);

    public SamplingSettings {
        Allowed.between("temperature", temperature, 0, 100);
        Objects.requireNonNull(cuts, "cuts");
        Objects.requireNonNull(penalties, "penalties");
        Objects.requireNonNull(biases, "biases");
        Objects.requireNonNull(lengths, "lengths");
        Objects.requireNonNull(draw, "draw");
        Allowed.between("logprobs", logprobs, -1, 20);
        Objects.requireNonNull(logprobSource, "logprobSource");
    }

    public SamplingSettings withTemperature(double value) {
        return new SamplingSettings(value, cuts, penalties, biases, lengths, draw, seed, logprobs, logprobSource);
    }

    public SamplingSettings withCuts(TokenCuts value) {
        return new SamplingSettings(
                temperature, value, penalties, biases, lengths, draw, seed, logprobs, logprobSource);
    }

    public SamplingSettings withPenalties(TokenPenalties value) {
        return new SamplingSettings(temperature, cuts, value, biases, lengths, draw, seed, logprobs, logprobSource);
    }

    public SamplingSettings withBiases(TokenBiases value) {
        return new SamplingSettings(temperature, cuts, penalties, value, lengths, draw, seed, logprobs, logprobSource);
    }

    public SamplingSettings withLengths(LengthRules value) {
        return new SamplingSettings(temperature, cuts, penalties, biases, value, draw, seed, logprobs, logprobSource);
    }

    public SamplingSettings withDraw(DrawMethod method, long newSeed) {
        return new SamplingSettings(
                temperature, cuts, penalties, biases, lengths, method, newSeed, logprobs, logprobSource);
    }

    public SamplingSettings withLogprobs(int count, LogprobSource source) {
        return new SamplingSettings(temperature, cuts, penalties, biases, lengths, draw, seed, count, source);
    }
}
