package org.candor.transformer.internal.generate;

import java.util.Arrays;
import java.util.Set;

/**
 * Takes the likeliest token at each step; of equally likely ones the lower id.
 *
 * @param maxNewTokens most tokens
 * @param ends tokens after which nothing follows
 */
public record GreedySearch(int maxNewTokens, Set<Integer> ends) {

    /**
     * What was written.
     *
     * @param tokens new tokens, an end token included
     * @param logProbabilities of each
     */
    public record Continuation(int[] tokens, double[] logProbabilities) {}

    /** @throws IllegalArgumentException when {@code maxNewTokens} is not positive */
    public GreedySearch {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens " + maxNewTokens + ", at least 1 is needed");
        }
        ends = Set.copyOf(ends);
    }

    /** Continues the one branch. */
    public Continuation run(Branches branches) {
        int[] tokens = new int[maxNewTokens];
        double[] logProbabilities = new double[maxNewTokens];
        float[] scores = branches.first();
        for (int n = 0; n < maxNewTokens; n++) {
            int best = 0;
            for (int id = 1; id < scores.length; id++) {
                if (scores[id] > scores[best]) {
                    best = id;
                }
            }
            tokens[n] = best;
            logProbabilities[n] = LogProbabilities.of(scores)[best];
            if (ends.contains(best)) {
                return new Continuation(Arrays.copyOf(tokens, n + 1), Arrays.copyOf(logProbabilities, n + 1));
            }
            if (n + 1 < maxNewTokens) {
                scores = branches.advance(new int[] {0}, new int[] {best})[0];
            }
        }
        return new Continuation(tokens, logProbabilities);
    }
}
