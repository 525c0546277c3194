package org.candor.retrieval.internal.answer;

import java.util.List;

/** What speaks for the library holding the answer at all, from the best sentence and its rivals. */
public final class SupportFeatures {
    /** In the order of {@link #of}. */
    public static final List<String> NAMES = List.of(
            "support.score",
            "support.margin",
            "support.sentenceVector",
            "support.passageVector",
            "support.bestPassageVector",
            "support.sentenceCoverage",
            "support.passageCoverage",
            "support.windowCoverage",
            "support.pairs",
            "support.agreement",
            "support.confidence",
            "support.names",
            "support.rarestMissing",
            "support.windowMissing",
            "support.vectorGap",
            "support.kindMissing",
            "support.numberAsked",
            "support.together");

    private SupportFeatures() {}

    /**
     * Features of a ranking.
     *
     * @param ranked best first, at least one
     */
    public static double[] of(List<Sentence> ranked) {
        Sentence best = ranked.getFirst();
        double[] f = best.features();
        double bestPassageVector = -1;
        for (Sentence sentence : ranked) {
            bestPassageVector = Math.max(bestPassageVector, feature(sentence, "passage.vector"));
        }
        double rival = best.score() - 5;
        for (Sentence sentence : ranked) {
            if (!sentence.document().equals(best.document())) {
                rival = Math.max(rival, sentence.score());
                break;
            }
        }
        double[] values = new double[NAMES.size()];
        values[0] = best.score();
        values[1] = best.score() - rival;
        values[2] = feature(best, "sentence.vector");
        values[3] = feature(best, "passage.vector");
        values[4] = bestPassageVector;
        values[5] = feature(best, "sentence.coverage");
        values[6] = feature(best, "passage.coverage");
        values[7] = feature(best, "sentence.window");
        values[8] = feature(best, "sentence.pairs");
        values[9] = f[SentenceFeatures.NAMES.indexOf("passage.lexical")];
        values[10] = confidence(ranked);
        values[11] = feature(best, "passage.names");
        values[12] = feature(best, "passage.rarestMissing");
        values[13] = feature(best, "sentence.windowMissing");
        values[14] = feature(best, "passage.vector") - rivalVector(ranked, best);
        values[15] = feature(best, "kind.numberMissing");
        values[16] = feature(best, "kind.number");
        values[17] = feature(best, "sentence.vector") * feature(best, "sentence.window");
        return values;
    }

    /** Logarithm of the first sentence's share in the softmax of all. */
    private static double confidence(List<Sentence> ranked) {
        double sum = 0;
        for (Sentence sentence : ranked) {
            sum += Math.exp(sentence.score() - ranked.getFirst().score());
        }
        return -Math.log(sum);
    }

    /** Similarity of the nearest passage of another document, 0 without one. */
    private static double rivalVector(List<Sentence> ranked, Sentence best) {
        double rival = 0;
        for (Sentence sentence : ranked) {
            if (!sentence.document().equals(best.document())) {
                rival = Math.max(rival, feature(sentence, "passage.vector"));
            }
        }
        return rival;
    }

    private static double feature(Sentence sentence, String name) {
        return sentence.features()[SentenceFeatures.NAMES.indexOf(name)];
    }
}
