package org.candor.transformer.internal.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Beam search as transformers 5 defines it. Each step ranks the 2 * beams likeliest continuations. Those of the first
 * {@code beams} that end are finished; the likeliest {@code beams} that do not end go on. The score of a finished text is
 * its log-probability / (new tokens, end token included) ^ lengthPenalty.
 *
 * @param beams texts that go on side by side
 * @param lengthPenalty above 0 favours long texts, below 0 short ones
 * @param stopping when to stop
 * @param maxNewTokens most tokens; the texts that are still going on then count as finished
 * @param ends tokens that end a text
 */
public record BeamSearch(int beams, double lengthPenalty, Stopping stopping, int maxNewTokens, Set<Integer> ends) {

    /** When to stop before {@code maxNewTokens}. */
    public enum Stopping {
        /** As soon as so many texts as beams are finished ({@code early_stopping} true). */
        EARLY,
        /** When the likeliest running text, as long as it is, cannot displace a finished one (false). */
        HEURISTIC,
        /** When no running text can displace a finished one any more ("never"). */
        EXHAUSTIVE
    }

    /**
     * A finished text.
     *
     * @param tokens new tokens, an end token included
     * @param score log-probability with the length penalty
     */
    public record Hypothesis(int[] tokens, double score) {}

    private record Running(int[] tokens, double sum) {}

    private record Candidate(int parent, int token, double sum) {}

    /** @throws IllegalArgumentException when a number is out of range */
    public BeamSearch {
        if (beams < 1 || maxNewTokens < 1 || !Double.isFinite(lengthPenalty)) {
            throw new IllegalArgumentException("beams " + beams + ", maxNewTokens " + maxNewTokens + ", lengthPenalty "
                    + lengthPenalty + ": the first two must be positive, the last finite");
        }
        ends = Set.copyOf(ends);
    }

    /** Continues the one branch; best first, at most {@code beams}. */
    public List<Hypothesis> run(Branches branches) {
        List<Hypothesis> finished = new ArrayList<>();
        List<Running> running = List.of(new Running(new int[0], 0));
        float[][] scores = {branches.first()};
        for (int length = 1; ; length++) {
            List<Candidate> candidates = candidates(running, scores);
            List<Candidate> survivors = new ArrayList<>();
            for (int rank = 0; rank < candidates.size(); rank++) {
                Candidate candidate = candidates.get(rank);
                boolean ended = ends.contains(candidate.token);
                if (rank < beams && (ended || length == maxNewTokens)) {
                    finished.add(new Hypothesis(
                            followed(running, candidate), candidate.sum / Math.pow(length, lengthPenalty)));
                }
                if (!ended && survivors.size() < beams) {
                    survivors.add(candidate);
                }
            }
            // Stable, so that of equal scores the one found first stays.
            finished.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
            if (finished.size() > beams) {
                finished.subList(beams, finished.size()).clear();
            }
            if (length == maxNewTokens || survivors.isEmpty() || stops(finished, survivors.getFirst().sum, length)) {
                return List.copyOf(finished);
            }
            List<Running> next = new ArrayList<>();
            int[] parents = new int[survivors.size()];
            int[] tokens = new int[parents.length];
            for (int i = 0; i < parents.length; i++) {
                Candidate survivor = survivors.get(i);
                parents[i] = survivor.parent;
                tokens[i] = survivor.token;
                next.add(new Running(followed(running, survivor), survivor.sum));
            }
            running = next;
            scores = branches.advance(parents, tokens);
        }
    }

    private static int[] followed(List<Running> running, Candidate candidate) {
        int[] before = running.get(candidate.parent).tokens;
        int[] tokens = Arrays.copyOf(before, before.length + 1);
        tokens[before.length] = candidate.token;
        return tokens;
    }

    private boolean stops(List<Hypothesis> finished, double best, int length) {
        if (finished.size() < beams) {
            return false;
        }
        double reachable =
                switch (stopping) {
                    case EARLY -> Double.NEGATIVE_INFINITY;
                    case HEURISTIC -> best / Math.pow(length, lengthPenalty);
                    case EXHAUSTIVE -> best / Math.pow(lengthPenalty > 0 ? maxNewTokens : length, lengthPenalty);
                };
        return reachable <= finished.getLast().score;
    }

    /** The likeliest continuations; of equally likely ones those of the earlier beam and the lower token. */
    private List<Candidate> candidates(List<Running> running, float[][] scores) {
        int most = 2 * beams;
        List<Candidate> best = new ArrayList<>(most + 1);
        for (int beam = 0; beam < running.size(); beam++) {
            double[] logarithms = LogProbabilities.of(scores[beam]);
            for (int token = 0; token < logarithms.length; token++) {
                double sum = running.get(beam).sum + logarithms[token];
                if (best.size() < most || sum > best.getLast().sum) {
                    int at = best.size();
                    while (at > 0 && sum > best.get(at - 1).sum) {
                        at--;
                    }
                    best.add(at, new Candidate(beam, token, sum));
                    if (best.size() > most) {
                        best.removeLast();
                    }
                }
            }
        }
        return best;
    }
}
