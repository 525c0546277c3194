package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.candor.transformer.internal.generate.BeamSearch;
import org.candor.transformer.internal.generate.Branches;
import org.candor.transformer.internal.generate.GreedySearch;
import org.junit.jupiter.api.Test;

/** The pieces that decoders are made of, by themselves. */
class DecoderPartsTest {

    @Test
    void distancesFallIntoTheBucketsOfT5() {
        // Raffel et al. 2020 with 32 buckets up to 128: half single, half logarithmic.
        assertEquals(0, DistanceBuckets.bucket(0, 32, 128, false));
        assertEquals(7, DistanceBuckets.bucket(-7, 32, 128, false));
        assertEquals(8, DistanceBuckets.bucket(-8, 32, 128, false));
        assertEquals(10, DistanceBuckets.bucket(-16, 32, 128, false));
        assertEquals(12, DistanceBuckets.bucket(-32, 32, 128, false));
        assertEquals(15, DistanceBuckets.bucket(-5000, 32, 128, false));
        assertEquals(17, DistanceBuckets.bucket(1, 32, 128, false));
        assertEquals(31, DistanceBuckets.bucket(128, 32, 128, false));
        assertEquals(0, DistanceBuckets.bucket(5, 32, 128, true));
        assertEquals(15, DistanceBuckets.bucket(-15, 32, 128, true));
        assertEquals(16, DistanceBuckets.bucket(-16, 32, 128, true));
        assertEquals(31, DistanceBuckets.bucket(-128, 32, 128, true));
        for (boolean causal : new boolean[] {true, false}) {
            int last = DistanceBuckets.bucket(-20, 8, 20, causal);
            for (int distance = -21; distance > -200; distance--) {
                assertEquals(last, DistanceBuckets.bucket(distance, 8, 20, causal));
            }
        }
    }

    @Test
    void everyTokenGoesToItsLikeliestExpertsAndEqualOnesToTheLower() {
        float[] probabilities = {0.1f, 0.4f, 0.3f, 0.2f, 0.25f, 0.25f, 0.25f, 0.25f};
        ExpertChoice choice = ExpertChoice.of(probabilities, 2, new StackConfiguration.Experts(4, 2, true));
        assertArrayEquals(new int[] {1}, choice.rows()[0]);
        assertArrayEquals(new int[] {0, 1}, choice.rows()[1]);
        assertArrayEquals(new int[] {0}, choice.rows()[2]);
        assertEquals(0, choice.rows()[3].length);
        assertArrayEquals(new float[] {0.4f / 0.7f, 0.5f}, choice.weights()[1], 1e-6f);
        choice = ExpertChoice.of(probabilities, 2, new StackConfiguration.Experts(4, 1, false));
        assertArrayEquals(new float[] {0.4f}, choice.weights()[1]);
        assertArrayEquals(new int[] {1}, choice.rows()[0]);
    }

    @Test
    void aNumberThatIsNoNumberIsStillSentSomewhere() {
        float[] probabilities = {Float.NaN, Float.NaN, Float.NaN};
        ExpertChoice choice = ExpertChoice.of(probabilities, 1, new StackConfiguration.Experts(3, 2, true));
        assertEquals(2, choice.rows()[0].length + choice.rows()[1].length + choice.rows()[2].length);
    }

    @Test
    void stretchedFrequenciesLieBetweenThePlainOnesAndThoseDividedByTheFactor() {
        double[] plain = new RotaryEmbedding.Plain(10_000, 64).frequencies(1);
        assertEquals(1, plain[0]);
        assertEquals(Math.pow(10_000, -62 / 64.0), plain[31], 1e-15);
        for (RotaryEmbedding stretched : List.of(
                new RotaryEmbedding.Linear(10_000, 64, 8),
                new RotaryEmbedding.Llama3(10_000, 64, 8, 1, 4, 512),
                new RotaryEmbedding.Yarn(10_000, 64, 8, 32, 1, true, 512, 1))) {
            double[] frequencies = stretched.frequencies(1);
            for (int i = 0; i < 32; i++) {
                assertTrue(frequencies[i] <= plain[i] * 1.0000001, stretched + " at " + i);
                assertTrue(frequencies[i] >= plain[i] / 8.0000001, stretched + " at " + i);
            }
            assertEquals(plain[31] / 8, frequencies[31], 1e-12, stretched.toString());
        }
        assertArrayEquals(plain, new RotaryEmbedding.Dynamic(10_000, 64, 4, 512).frequencies(512), 1e-15);
        double[] grown = new RotaryEmbedding.Dynamic(10_000, 64, 4, 512).frequencies(1024);
        // Twice the length with factor 4: the base grows by 5 to the power of 64/62, the slowest turn by 5.
        assertEquals(plain[31] / 5, grown[31], 1e-12);
    }

    /** Branches whose scores follow from their tokens alone. */
    private static final class Invented implements Branches {
        private final int vocabulary;
        private List<List<Integer>> branches = List.of(List.of());

        Invented(int vocabulary) {
            this.vocabulary = vocabulary;
        }

        private float[] scores(List<Integer> tokens) {
            Random random = new Random(tokens.hashCode() * 31L + 7);
            float[] scores = new float[vocabulary];
            for (int i = 0; i < vocabulary; i++) {
                scores[i] = (float) random.nextGaussian();
            }
            return scores;
        }

        @Override
        public float[] first() {
            return scores(List.of());
        }

        @Override
        public float[][] advance(int[] parents, int[] tokens) {
            List<List<Integer>> next = new ArrayList<>();
            for (int i = 0; i < parents.length; i++) {
                List<Integer> followed = new ArrayList<>(branches.get(parents[i]));
                followed.add(tokens[i]);
                next.add(followed);
            }
            branches = next;
            return next.stream().map(this::scores).toArray(float[][]::new);
        }

        @Override
        public void close() {}

        /** log-probability of a text, from the definition. */
        double logProbability(int[] tokens) {
            double sum = 0;
            List<Integer> before = new ArrayList<>();
            for (int token : tokens) {
                float[] scores = scores(before);
                double all = 0;
                for (float score : scores) {
                    all += Math.exp(score);
                }
                sum += scores[token] - Math.log(all);
                before.add(token);
            }
            return sum;
        }
    }

    @Test
    void oneBeamWithoutAnEndIsGreedy() {
        int[] greedy = new GreedySearch(9, Set.of()).run(new Invented(13)).tokens();
        List<BeamSearch.Hypothesis> found =
                new BeamSearch(1, 1, BeamSearch.Stopping.HEURISTIC, 9, Set.of()).run(new Invented(13));
        assertArrayEquals(greedy, found.getFirst().tokens());
    }

    @Test
    void enoughBeamsFindTheLikeliestTextOfAll() {
        // With as many beams as there are texts nothing is pruned: 5 + 25 + 125 texts of up to three tokens.
        List<BeamSearch.Hypothesis> found =
                new BeamSearch(125, 0, BeamSearch.Stopping.EXHAUSTIVE, 3, Set.of()).run(new Invented(5));
        Invented invented = new Invented(5);
        double best = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < 125; i++) {
            best = Math.max(best, invented.logProbability(new int[] {i / 25, i / 5 % 5, i % 5}));
        }
        assertEquals(125, found.size());
        assertEquals(best, found.getFirst().score(), 1e-9);
        for (BeamSearch.Hypothesis hypothesis : found) {
            assertEquals(invented.logProbability(hypothesis.tokens()), hypothesis.score(), 1e-9);
        }
    }

    @Test
    void aScoreIsTheLogProbabilityOverThePenalisedLengthAndEndsAreCounted() {
        for (BeamSearch.Stopping stopping : BeamSearch.Stopping.values()) {
            List<BeamSearch.Hypothesis> found = new BeamSearch(3, 0.7, stopping, 8, Set.of(2, 4)).run(new Invented(6));
            assertEquals(3, found.size());
            Invented invented = new Invented(6);
            for (BeamSearch.Hypothesis one : found) {
                int length = one.tokens().length;
                assertEquals(invented.logProbability(one.tokens()) / Math.pow(length, 0.7), one.score(), 1e-9);
                for (int i = 0; i < length - 1; i++) {
                    assertTrue(one.tokens()[i] != 2 && one.tokens()[i] != 4);
                }
            }
        }
    }

    @Test
    void searchesRefuseWhatMakesNoSense() {
        Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        assertThrows(refused, () -> new GreedySearch(0, Set.of()));
        assertThrows(refused, () -> new BeamSearch(0, 1, BeamSearch.Stopping.EARLY, 5, Set.of()));
        assertThrows(refused, () -> new BeamSearch(2, Double.NaN, BeamSearch.Stopping.EARLY, 5, Set.of()));
    }

    @Test
    void configurationsAreReadWithTheDefaultsOfTheirBrand() throws Exception {
        ConfigurationKeys keys = new ConfigurationKeys(
                "config.json",
                "",
                Map.of(
                        "vocab_size", 10L,
                        "hidden_size", 64L,
                        "num_attention_heads", 8L,
                        "max_position_embeddings", 8192L,
                        "num_hidden_layers", 4L,
                        "intermediate_size", 96L));
        DecoderConfiguration mistral = new LlamaReader(keys, Brand.of("mistral")).read();
        assertEquals(8, mistral.decoder().keyValueHeads());
        assertEquals(4096, mistral.decoder().layers().getFirst().window());
        DecoderConfiguration gemma2 = new LlamaReader(keys, Brand.of("gemma2")).read();
        assertEquals(256, gemma2.decoder().headSize());
        assertEquals(50, gemma2.decoder().scoreCap());
        assertEquals(30, gemma2.logitCap());
        assertTrue(gemma2.tied());
        DecoderConfiguration llama = new LlamaReader(keys, Brand.of("llama")).read();
        assertEquals(8, llama.decoder().headSize());
        assertEquals(0, llama.decoder().layers().getFirst().window());
        assertEquals(new RotaryEmbedding.Plain(1e4, 8), llama.decoder().ropes().getFirst());
    }
}
