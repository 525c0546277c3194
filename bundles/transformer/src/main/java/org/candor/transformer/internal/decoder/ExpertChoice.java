package org.candor.transformer.internal.decoder;

import java.util.Arrays;

/**
 * Which tokens go to which expert. A token goes to its likeliest experts; of equally likely ones the lower number wins.
 *
 * @param rows for each expert the rows of its tokens, ascending
 * @param weights for each expert the weights of its results, in the order of the rows
 */
record ExpertChoice(int[][] rows, float[][] weights) {

    /**
     * Chooses from probabilities.
     *
     * @param probabilities (tokens, experts)
     */
    static ExpertChoice of(float[] probabilities, int tokens, StackConfiguration.Experts experts) {
        int count = experts.count();
        int[] sizes = new int[count];
        int[][] rows = new int[count][tokens];
        float[][] weights = new float[count][tokens];
        int[] chosen = new int[experts.chosen()];
        for (int t = 0; t < tokens; t++) {
            choose(probabilities, t * count, count, chosen);
            float sum = 0;
            for (int expert : chosen) {
                sum += probabilities[t * count + expert];
            }
            for (int expert : chosen) {
                float weight = probabilities[t * count + expert];
                rows[expert][sizes[expert]] = t;
                weights[expert][sizes[expert]++] = experts.renormalise() ? weight / sum : weight;
            }
        }
        for (int e = 0; e < count; e++) {
            rows[e] = Arrays.copyOf(rows[e], sizes[e]);
            weights[e] = Arrays.copyOf(weights[e], sizes[e]);
        }
        return new ExpertChoice(rows, weights);
    }

    /** The experts with the largest probabilities, likeliest first. */
    private static void choose(float[] probabilities, int at, int count, int[] chosen) {
        for (int k = 0; k < chosen.length; k++) {
            int best = -1;
            for (int e = 0; e < count; e++) {
                if ((best < 0 || probabilities[at + e] > probabilities[at + best]) && !among(chosen, k, e)) {
                    best = e;
                }
            }
            chosen[k] = best;
        }
    }

    private static boolean among(int[] chosen, int count, int expert) {
        for (int i = 0; i < count; i++) {
            if (chosen[i] == expert) {
                return true;
            }
        }
        return false;
    }
}
