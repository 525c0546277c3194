package org.candor.generation.internal.engine;

/**
 * How long passes take by their tokens: a line through the short ones, of which older ones count less. With it is known what a
 * further token costs. Used by the scheduler's thread.
 */
final class PassTimes {

    /** Longer passes read prompts, and say little about a few tokens more. */
    private static final int MOST_TOKENS = 128;

    private static final double KEPT = 0.98;
    private static final double UNKNOWN = 0.2;

    private double weight;
    private double tokens;
    private double squares;
    private double nanos;
    private double products;

    void took(int passTokens, long passNanos) {
        if (passTokens > MOST_TOKENS) {
            return;
        }
        weight = KEPT * weight + 1;
        tokens = KEPT * tokens + passTokens;
        squares = KEPT * squares + (double) passTokens * passTokens;
        nanos = KEPT * nanos + passNanos;
        products = KEPT * products + (double) passTokens * passNanos;
    }

    /**
     * What one token more costs a pass, as a share of what a token of it costs on average: near 0 where a pass takes its time
     * whatever is in it, 1 where each token takes its own.
     *
     * @param passTokens without it, at least 1
     */
    double shareOfOneMore(int passTokens) {
        double spread = weight * squares - tokens * tokens;
        if (spread <= weight * weight / 16) {
            return UNKNOWN; // all were about as long
        }
        double each = (weight * products - tokens * nanos) / spread;
        double fixed = (nanos - each * tokens) / weight;
        double pass = fixed + each * passTokens;
        return pass <= 0 ? UNKNOWN : Math.clamp(each * passTokens / pass, 0, 1);
    }
}
