package org.candor.generation.internal.sampling;

/**
 * Which of the likelier tokens stay, in the order in which the cuts are made. Each sees the distribution that the one
 * before left.
 *
 * @param topH share of the entropy of the best 100 tokens that is kept, up to 1; 0 is off
 * @param topK tokens that are kept, and those that tie with the last of them; 0 is off
 * @param topP probability that the likeliest tokens have to reach together, 0 (the best only) to 1 (off)
 * @param minP least probability as a share of the best token's, 0 (off) to 1
 * @param typicalP probability that the most typical tokens have to reach together, above 0 up to 1 (off)
 * @param epsilonCutoff least probability, 0 (off) to below 1
 * @param etaCutoff least probability, lowered where the entropy is high, 0 (off) to below 1
 */
public record TokenCuts(
        double topH, int topK, double topP, double minP, double typicalP, double epsilonCutoff, double etaCutoff) {

    /** Every token stays. */
    public static final TokenCuts NONE = new TokenCuts(0, 0, 1, 0, 1, 0, 0);

    private static final double BELOW_ONE = Math.nextDown(1.0);

    public TokenCuts {
        Allowed.between("top_h", topH, 0, 1);
        Allowed.between("top_k", topK, 0, Integer.MAX_VALUE);
        Allowed.between("top_p", topP, 0, 1);
        Allowed.between("min_p", minP, 0, 1);
        Allowed.above("typical_p", typicalP, 0, 1);
        Allowed.between("epsilon_cutoff", epsilonCutoff, 0, BELOW_ONE);
        Allowed.between("eta_cutoff", etaCutoff, 0, BELOW_ONE);
    }
}
