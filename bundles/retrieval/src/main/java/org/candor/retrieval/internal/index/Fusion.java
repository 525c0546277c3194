package org.candor.retrieval.internal.index;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Convex combination of two legs, each scaled by its own minimum and maximum (Bruch, Gai and Ingber, "An Analysis of
 * Fusion Functions for Hybrid Retrieval", ACM TOIS 2023): weight x vector + (1 - weight) x lexical.
 *
 * @param vectorWeight 0 to 1
 */
public record Fusion(double vectorWeight) {

    /** Both legs alike. */
    public static final Fusion EQUAL = new Fusion(0.5);

    public Fusion {
        if (!(vectorWeight >= 0 && vectorWeight <= 1)) {
            throw new IllegalArgumentException("vectorWeight is " + vectorWeight + ", 0 to 1 is allowed");
        }
    }

    /**
     * Candidates best first.
     *
     * @param found scores by document; NaN where a leg did not find it, which counts as that leg's minimum
     */
    List<Candidate> fuse(List<Candidate> found) {
        Range lexical = new Range();
        Range vector = new Range();
        for (Candidate candidate : found) {
            lexical.take(candidate.lexical());
            vector.take(candidate.vector());
        }
        List<Candidate> fused = new ArrayList<>(found.size());
        for (Candidate c : found) {
            double score = vectorWeight * vector.scaled(c.vector()) + (1 - vectorWeight) * lexical.scaled(c.lexical());
            fused.add(new Candidate(c.doc(), score, c.lexical(), c.vector()));
        }
        fused.sort(Comparator.comparingDouble(Candidate::score)
                .reversed()
                .thenComparing(Candidate::doc)); // ties by document number: repeatable
        return fused;
    }

    private static final class Range {
        private double least = Double.POSITIVE_INFINITY;
        private double most = Double.NEGATIVE_INFINITY;

        void take(double score) {
            if (!Double.isNaN(score)) {
                least = Math.min(least, score);
                most = Math.max(most, score);
            }
        }

        double scaled(double score) {
            if (Double.isNaN(score)) {
                return 0;
            }
            return most > least ? (score - least) / (most - least) : 1;
        }
    }
}
