package org.candor.generation.internal.sampling;

/**
 * The cuts of {@link TokenCuts}. What they keep, equal scores included, is what the logits warpers of transformers 5.23
 * keep; of equal tokens on both sides of top-p or top-h the lower ids stay.
 */
final class LogitCuts {
    private static final int TOP_H_TOKENS = 100;
    private static final int FIRST_SORTED = 64;

    private LogitCuts() {}

    static void apply(TokenCuts cuts, Candidates candidates) {
        if (cuts.topH() > 0) {
            topH(candidates, cuts.topH());
        }
        if (cuts.topK() > 0) {
            candidates.keepBestWithTies(cuts.topK());
        }
        if (cuts.topP() < 1) {
            topP(candidates, cuts.topP());
        }
        if (cuts.minP() > 0) {
            candidates.keepWeightsFrom(cuts.minP());
        }
        if (cuts.typicalP() < 1) {
            candidates.keepTypical(cuts.typicalP());
        }
        if (cuts.epsilonCutoff() > 0) {
            candidates.keepWeightsFrom(cuts.epsilonCutoff() * candidates.totalWeight());
        }
        if (cuts.etaCutoff() > 0) {
            eta(candidates, cuts.etaCutoff());
        }
    }

    /**
     * "Top-H Decoding" (Potraka et al., 2025): the best tokens, of 100, whose terms of the entropy sum up to a share of it.
     * At share 1, and where tokens are equal, the last bit decides: log-probabilities are normalised first, then the entropy
     * is summed with compensation and the terms one after the other.
     */
    static void topH(Candidates candidates, double share) {
        candidates.sortBest(TOP_H_TOKENS);
        candidates.keepFirst(TOP_H_TOKENS);
        int count = candidates.size();
        double logTotal = candidates.best()
                + Math.log(
                        new CompensatedSum().addAll(count, candidates::weight).value());
        double highest = candidates.best() - logTotal;
        double[] probabilities = new double[count];
        for (int i = 0; i < count; i++) {
            probabilities[i] = Math.exp(candidates.score(i) - logTotal - highest);
        }
        double total = new CompensatedSum().addAll(count, i -> probabilities[i]).value();
        CompensatedSum entropy = new CompensatedSum();
        for (int i = 0; i < count; i++) {
            probabilities[i] /= total;
            entropy.add(probabilities[i] * (logTotal - candidates.score(i)));
        }
        double limit = share * entropy.value();
        double sum = 0;
        int kept = 0;
        while (kept < count) {
            // A token of probability 0 gives NaN here, and goes.
            sum -= probabilities[kept] * Math.log(probabilities[kept]);
            if (!(sum <= limit) && kept > 0) {
                break;
            }
            kept++;
        }
        candidates.keepFirst(kept);
    }

    /** Holtzman et al., "The Curious Case of Neural Text Degeneration" (2020). Sorts no more than is kept, nearly. */
    static void topP(Candidates candidates, double probability) {
        double target = probability * candidates.totalWeight();
        double above = 0;
        int kept = 0;
        int ordered = 0;
        while (kept < candidates.size()) {
            if (kept == ordered) {
                ordered = Math.max(FIRST_SORTED, ordered * 4);
                candidates.sortBest(ordered);
            }
            if (kept > 0 && above >= target) {
                break;
            }
            above += candidates.weight(kept++);
        }
        candidates.keepFirst(kept);
    }

    /** Hewitt et al., "Truncation Sampling as Language Model Desmoothing" (2022), algorithm 1. */
    static void eta(Candidates candidates, double epsilon) {
        double least = Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-candidates.entropy()));
        candidates.keepWeightsFrom(least * candidates.totalWeight());
    }
}
