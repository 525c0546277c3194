package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.candor.api.generate.GeneratedToken;

/**
 * The likeliest tokens after a text, best first, of equally likely ones the lower id first.
 *
 * @param ids of them
 * @param logprobs natural logarithms of their probabilities
 * @param top what is reported beside a token
 */
record BeamRanking(int[] ids, double[] logprobs, List<GeneratedToken.Alternative> top) {

    /**
     * @param scores (vocabulary) before softmax
     * @param most tokens that are ranked
     * @param banned tokens that are not among them
     * @param reported likeliest tokens to report, whether banned or not
     * @throws IllegalArgumentException when a score is NaN or plus infinity
     */
    static BeamRanking of(float[] scores, int most, Set<Integer> banned, int reported) {
        double shift = logarithmOfSum(scores);
        int[] best = best(scores, most, banned);
        double[] logprobs = new double[best.length];
        for (int i = 0; i < best.length; i++) {
            logprobs[i] = scores[best[i]] - shift;
        }
        List<GeneratedToken.Alternative> top = new ArrayList<>();
        for (int id : reported == 0 ? new int[0] : best(scores, reported, Set.of())) {
            top.add(new GeneratedToken.Alternative(id, scores[id] - shift));
        }
        return new BeamRanking(best, logprobs, List.copyOf(top));
    }

    /** log Σ exp(score), in binary64 */
    private static double logarithmOfSum(float[] scores) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int id = 0; id < scores.length; id++) {
            if (!(scores[id] < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("score of token " + id + " is " + scores[id]
                        + "; the model's weights or arithmetic are broken");
            }
            largest = Math.max(largest, scores[id]);
        }
        if (largest == Double.NEGATIVE_INFINITY) {
            throw new IllegalArgumentException("the model gives no token a probability");
        }
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score - largest);
        }
        return largest + Math.log(sum);
    }

    private static int[] best(float[] scores, int most, Set<Integer> banned) {
        int[] best = new int[Math.max(0, Math.min(most, scores.length - banned.size()))];
        int count = 0;
        for (int id = 0; id < scores.length && best.length > 0; id++) {
            if (count == best.length && !(scores[id] > scores[best[count - 1]]) || banned.contains(id)) {
                continue;
            }
            int at = count < best.length ? count++ : count - 1;
            while (at > 0 && scores[id] > scores[best[at - 1]]) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = id;
        }
        return best;
    }
}
