package org.candor.retrieval.internal.index;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;

/** Keeps the best of a scan; equal scores are ordered by document number. */
final class BestPassages {
    private record Scored(int doc, double score) {}

    private static final Comparator<Scored> WORST_FIRST = Comparator.comparingDouble(Scored::score)
            .thenComparing(Comparator.comparing(Scored::doc).reversed());

    private final PriorityQueue<Scored> kept = new PriorityQueue<>(WORST_FIRST);
    private final int most;

    BestPassages(int most) {
        this.most = most;
    }

    void offer(int doc, double score) {
        if (kept.size() < most) {
            kept.add(new Scored(doc, score));
        } else if (score > kept.peek().score()) {
            kept.poll();
            kept.add(new Scored(doc, score));
        }
    }

    /** Best first. */
    Map<Integer, Double> scores() {
        Map<Integer, Double> scores = new LinkedHashMap<>();
        kept.stream().sorted(WORST_FIRST.reversed()).forEach(s -> scores.put(s.doc(), s.score()));
        return scores;
    }
}
