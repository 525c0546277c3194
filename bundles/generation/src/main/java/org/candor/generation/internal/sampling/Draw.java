package org.candor.generation.internal.sampling;

import java.util.function.IntToDoubleFunction;

/** Draws an index from weights that need not add up to 1. */
final class Draw {
    private Draw() {}

    /** First index whose running sum of probabilities is above u; past the end the last of weight above 0. */
    static int inverseCdf(int count, IntToDoubleFunction weight, double total, double u) {
        double sum = 0;
        int last = -1;
        for (int i = 0; i < count; i++) {
            double probability = weight.applyAsDouble(i) / total;
            if (probability > 0) {
                sum += probability;
                last = i;
                if (sum > u) {
                    return i;
                }
            }
        }
        return last;
    }

    /**
     * Index of the smallest -log(u) / weight, the first of equal ones: an exponential race, the same as the largest
     * log(weight) - log(-log(u)).
     */
    static int gumbelMax(int count, IntToDoubleFunction weight, IntToDoubleFunction uniform) {
        double smallest = Double.POSITIVE_INFINITY;
        int winner = -1;
        for (int i = 0; i < count; i++) {
            double rate = weight.applyAsDouble(i);
            if (rate > 0) {
                double time = -Math.log(uniform.applyAsDouble(i)) / rate;
                if (winner < 0 || time < smallest) {
                    smallest = time;
                    winner = i;
                }
            }
        }
        return winner;
    }
}
