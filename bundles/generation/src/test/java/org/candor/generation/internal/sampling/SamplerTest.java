package org.candor.generation.internal.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.candor.generation.internal.sampling.SamplingSettings.DrawMethod;
import org.candor.generation.internal.sampling.SamplingSettings.LogprobSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private static final int[] NO_END = {};

    @ParameterizedTest
    @EnumSource(DrawMethod.class)
    void theSameSeedGivesTheSameTextAfterAnInterruptionAndAmongOthers(DrawMethod method) {
        SamplingSettings settings = SamplingSettings.DEFAULT.withDraw(method, 7);
        List<Integer> alone = text(settings, 0, new int[] {1, 2}, 40);
        TokenHistory resumed = new TokenHistory(new int[] {1, 2});
        Sampler first = new Sampler(settings, 0, 50, NO_END);
        Sampler other = new Sampler(settings, 1, 50, NO_END);
        Sampler second = new Sampler(settings, 0, 50, NO_END);
        for (int i = 0; i < 40; i++) {
            other.next(scores(i + 1), resumed, null);
            resumed.append((i < 17 ? first : second)
                    .next(scores(resumed.length()), resumed, null)
                    .id());
        }
        assertEquals(alone, IntStream.range(2, 42).mapToObj(resumed::id).toList());
    }

    @ParameterizedTest
    @EnumSource(DrawMethod.class)
    void anotherSeedOrChoiceGivesAnotherText(DrawMethod method) {
        SamplingSettings settings = SamplingSettings.DEFAULT.withDraw(method, 7);
        List<Integer> text = text(settings, 0, new int[] {1}, 40);
        assertNotEquals(text, text(settings.withDraw(method, 8), 0, new int[] {1}, 40));
        assertNotEquals(text, text(settings, 1, new int[] {1}, 40));
    }

    @ParameterizedTest
    @EnumSource(DrawMethod.class)
    void tokensAreDrawnAsOftenAsTheirProbabilitySays(DrawMethod method) {
        double[] probabilities = {0.5, 0.25, 0.125, 0.0625, 0.0625};
        Sampler sampler = new Sampler(SamplingSettings.DEFAULT.withDraw(method, 99), 0, 5, NO_END);
        TokenHistory history = new TokenHistory(new int[0]);
        int[] counts = new int[5];
        int draws = 40_000;
        for (int i = 0; i < draws; i++) {
            float[] scores = new float[5];
            for (int id = 0; id < 5; id++) {
                scores[id] = (float) Math.log(probabilities[id]);
            }
            int id = sampler.next(scores, history, null).id();
            counts[id]++;
            history.append(id);
        }
        double chiSquare = 0;
        for (int id = 0; id < 5; id++) {
            double expected = draws * probabilities[id];
            chiSquare += (counts[id] - expected) * (counts[id] - expected) / expected;
        }
        assertTrue(chiSquare < 18.5, "chi-square of 4 degrees of freedom at 0.001: " + chiSquare);
    }

    @Test
    void temperatureZeroTakesTheBestTokenAndOfEqualOnesTheLowestId() {
        SamplingSettings greedy = SamplingSettings.DEFAULT
                .withTemperature(0)
                .withCuts(new TokenCuts(0, 0, 1, 0, 0.1, 0, 0))
                .withLogprobs(2, LogprobSource.DRAWN);
        SampledToken token =
                new Sampler(greedy, 0, 4, NO_END).next(new float[] {1, 3, 3, -5}, new TokenHistory(new int[0]), null);
        assertEquals(1, token.id());
        assertEquals(List.of(1, 2), token.top().stream().map(TokenLogprob::id).toList());
        assertEquals(Math.log(1 / (2 + Math.exp(-2) + Math.exp(-8))), token.logprob(), 1e-12);
    }

    @Test
    void logprobsOfTheModelDoNotSeeTheSettings() {
        SamplingSettings settings = SamplingSettings.DEFAULT
                .withTemperature(0.1)
                .withBiases(new TokenBiases(List.of(), Map.of(2, -100.0), List.of(), List.of(1), List.of()))
                .withLogprobs(3, LogprobSource.MODEL);
        SampledToken token =
                new Sampler(settings, 0, 3, NO_END).next(new float[] {0, 1, 2}, new TokenHistory(new int[0]), null);
        double logTotal = Math.log(1 + Math.E + Math.E * Math.E);
        assertEquals(0, token.id());
        assertEquals(-logTotal, token.logprob(), 1e-12);
        assertEquals(
                List.of(new TokenLogprob(2, 2 - logTotal).id(), 1, 0),
                token.top().stream().map(TokenLogprob::id).toList());
        assertEquals(2 - logTotal, token.top().getFirst().logprob(), 1e-12);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void brokenScoresAreRefusedWithTheirToken(float broken) {
        Sampler sampler = new Sampler(SamplingSettings.DEFAULT, 0, 3, NO_END);
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class,
                () -> sampler.next(new float[] {0, broken, 1}, new TokenHistory(new int[0]), null));
        assertTrue(error.getMessage().startsWith("score of token 1 is " + broken), error.getMessage());
    }

    @Test
    void aVocabularyOfOneGivesItsTokenAndCertainty() {
        SampledToken token = new Sampler(SamplingSettings.DEFAULT.withLogprobs(5, LogprobSource.DRAWN), 0, 1, NO_END)
                .next(new float[] {-3e38f}, new TokenHistory(new int[0]), null);
        assertEquals(new SampledToken(0, 0.0, List.of(new TokenLogprob(0, 0.0))), token);
    }

    @Test
    void nothingIsDrawnWhereEverythingIsMaskedAndTheErrorSaysByWhat() {
        TokenHistory history = new TokenHistory(new int[] {4, 4});
        Sampler sampler = new Sampler(SamplingSettings.DEFAULT, 0, 2, NO_END);
        float[] masked = {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
        assertTrue(assertThrows(NoTokenLeftException.class, () -> sampler.next(masked, history, null))
                .getMessage()
                .contains("the model left none"));
        assertTrue(assertThrows(NoTokenLeftException.class, () -> sampler.next(new float[2], history, new BitSet()))
                .getMessage()
                .contains("the grammar"));
        SamplingSettings suppressing = SamplingSettings.DEFAULT.withBiases(
                new TokenBiases(List.of(), Map.of(), List.of(), List.of(0, 1), List.of()));
        assertThrows(NoTokenLeftException.class, () -> new Sampler(suppressing, 0, 2, NO_END)
                .next(new float[2], history, null));
    }

    @Test
    void extremeScoresAndSettingsStillGiveATokenThatWasAllowed() {
        SamplingSettings extreme = SamplingSettings.DEFAULT
                .withTemperature(Double.MIN_NORMAL)
                .withCuts(new TokenCuts(1, 3, 0.999, 0, 0.5, 0.5, 0.5))
                .withPenalties(new TokenPenalties(1e-300, 0, 2, -2, 0))
                .withLogprobs(3, LogprobSource.DRAWN);
        float[] scores = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -0.0f, Float.NEGATIVE_INFINITY};
        SampledToken token =
                new Sampler(extreme, 0, 5, NO_END).next(scores, new TokenHistory(new int[] {0, 1, 2, 3}), null);
        assertTrue(token.id() == 0 || token.id() == 2, token.toString());
        assertTrue(token.logprob() <= 0);
    }

    @Test
    void endTokensAreNeverTakenWhereTheyAreIgnored() {
        SamplingSettings ignoring = SamplingSettings.DEFAULT.withLengths(new LengthRules(0, 0, 0, -1, 0, 1, true));
        Sampler sampler = new Sampler(ignoring, 0, 3, new int[] {1});
        TokenHistory history = new TokenHistory(new int[0]);
        for (int i = 0; i < 50; i++) {
            int id = sampler.next(new float[] {0, 30, 0}, history, null).id();
            assertNotEquals(1, id);
            history.append(id);
        }
    }

    @Test
    void settingsOutOfRangeAreRefusedWithKeyValueAndWhatIsAllowed() {
        assertRefused("temperature: NaN", () -> SamplingSettings.DEFAULT.withTemperature(Double.NaN));
        assertRefused("temperature: -0.1", () -> SamplingSettings.DEFAULT.withTemperature(-0.1));
        assertRefused("top_p: 1.5", () -> new TokenCuts(0, 0, 1.5, 0, 1, 0, 0));
        assertRefused("typical_p: 0.0", () -> new TokenCuts(0, 0, 1, 0, 0, 0, 0));
        assertRefused("repetition_penalty: 0.0", () -> new TokenPenalties(0, 0, 0, 0, 0));
        assertRefused("presence_penalty: 2.5", () -> new TokenPenalties(1, 0, 2.5, 0, 0));
        assertRefused("logprobs: 21", () -> SamplingSettings.DEFAULT.withLogprobs(21, LogprobSource.MODEL));
        assertRefused(
                "logit_bias.3: 101.0",
                () -> new TokenBiases(List.of(), Map.of(3, 101.0), List.of(), List.of(), List.of()));
        SamplingSettings unknown = SamplingSettings.DEFAULT.withBiases(
                new TokenBiases(List.of(), Map.of(50, 1.0), List.of(), List.of(), List.of()));
        assertRefused("logit_bias: 50", () -> new Sampler(unknown, 0, 50, NO_END));
    }

    private static void assertRefused(String start, org.junit.jupiter.api.function.Executable action) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        assertTrue(message.startsWith(start) && message.contains("allowed are"), message);
    }

    /** Partial selection keeps what a full sort by (score, id) keeps. */
    @Property(tries = 300)
    void topPKeepsTheShortestBeginningThatReachesTheProbability(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3000) int vocabulary,
            @ForAll @DoubleRange(min = 0, max = 0.99) double topP,
            @ForAll @IntRange(min = 0, max = 3) int coarseness) {
        Random random = new Random(seed);
        float[] scores = new float[vocabulary];
        for (int id = 0; id < vocabulary; id++) {
            double score = random.nextGaussian() * 3;
            scores[id] = coarseness == 0 ? (float) score : (float) Math.rint(score / coarseness);
        }
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, vocabulary).boxed().toList());
        order.sort(Comparator.comparingDouble((Integer id) -> 0.0 - scores[id]).thenComparing(id -> id));
        double total = order.stream().mapToDouble(id -> Math.exp(scores[id])).sum();
        float[] cut = scores.clone();
        Candidates candidates = new Candidates(vocabulary);
        candidates.collect(cut);
        LogitCuts.topP(candidates, topP);
        int kept = candidates.size();
        for (int i = 0; i < vocabulary; i++) {
            assertEquals(i < kept, cut[order.get(i)] > Float.NEGATIVE_INFINITY);
        }
        double before = order.subList(0, kept - 1).stream()
                        .mapToDouble(id -> Math.exp(scores[id]))
                        .sum()
                / total;
        double reached = before + Math.exp(scores[order.get(kept - 1)]) / total;
        assertTrue(kept == 1 || before < topP + 1e-9);
        assertTrue(reached >= topP - 1e-9);
    }

    @Property(tries = 300)
    void anyCutsLeaveADistributionThatAddsUpToOneAndATokenOfIt(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 500) int vocabulary,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @IntRange(min = 0, max = 600) int topK) {
        Random random = new Random(seed);
        float[] scores = new float[vocabulary];
        for (int id = 0; id < vocabulary; id++) {
            scores[id] = random.nextInt(5) == 0 ? Float.NEGATIVE_INFINITY : (float) (random.nextGaussian() * 20);
        }
        scores[random.nextInt(vocabulary)] = 0;
        double below = Math.min(share, 0.99);
        SamplingSettings settings = SamplingSettings.DEFAULT
                .withTemperature(0.2 + share)
                .withCuts(new TokenCuts(share, topK, share, share / 2, Math.max(0.01, share), below, below))
                .withDraw(DrawMethod.GUMBEL_MAX, seed)
                .withLogprobs(20, LogprobSource.DRAWN);
        float[] before = scores.clone();
        SampledToken token =
                new Sampler(settings, 0, vocabulary, NO_END).next(scores, new TokenHistory(new int[0]), null);
        assertTrue(scores[token.id()] > Float.NEGATIVE_INFINITY);
        assertTrue(before[token.id()] > Float.NEGATIVE_INFINITY);
        double sum =
                token.top().stream().mapToDouble(top -> Math.exp(top.logprob())).sum();
        int kept = (int) IntStream.range(0, vocabulary)
                .filter(id -> scores[id] > Float.NEGATIVE_INFINITY)
                .count();
        assertTrue(kept > 20 ? sum <= 1 + 1e-9 : Math.abs(sum - 1) < 1e-9, kept + " tokens: " + sum);
    }

    private static List<Integer> text(SamplingSettings settings, int choice, int[] prompt, int length) {
        TokenHistory history = new TokenHistory(prompt);
        Sampler sampler = new Sampler(settings, choice, 50, NO_END);
        List<Integer> text = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            text.add(sampler.next(scores(history.length()), history, null).id());
            history.append(text.getLast());
        }
        return text;
    }

    /** Scores of a model that knows positions only. */
    private static float[] scores(int position) {
        Random random = new Random(position);
        float[] scores = new float[50];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = (float) random.nextGaussian();
        }
        return Arrays.copyOf(scores, 50);
    }
}
