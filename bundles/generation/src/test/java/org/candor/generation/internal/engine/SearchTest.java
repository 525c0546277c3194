package org.candor.generation.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationException.Kind;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Piece;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;
import org.candor.api.generate.Search.Stopping;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Continuations that are chosen from more than are told: the likeliest of several, and beams. */
@Timeout(120)
class SearchTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Search.Beams FOUR = new Search.Beams(4, 1, Stopping.HEURISTIC);

    private Engine engine;
    private FakeGenerator generator;

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private void start(int blocks, EngineSettings settings) {
        close();
        generator = new FakeGenerator(4, blocks, 120, 0);
        engine = new Engine("search-test", generator, ModelText.NONE, settings);
    }

    private static GenerationRequest request(int[] prompt, int most, int choices, Search search, Sampling sampling) {
        return new GenerationRequest(
                        prompt, most, choices, sampling, List.of(), Set.of(), null, false, "default", MINUTE)
                .with(search);
    }

    private static Sampling probabilities(Sampling sampling, int logprobs) {
        return new Sampling(
                sampling.temperature(),
                0,
                1,
                0,
                1,
                1,
                0,
                0,
                0,
                Map.of(),
                0,
                sampling.ignoreEnd(),
                sampling.seed(),
                logprobs);
    }

    private Generated run(GenerationRequest... requests) {
        return engine.generate(List.of(requests), piece -> true);
    }

    private static List<List<Integer>> ids(Generated generated) {
        return generated.continuations().stream()
                .map(one -> one.tokens().stream().map(GeneratedToken::id).toList())
                .toList();
    }

    private static double mean(Continuation one) {
        return one.tokens().stream()
                .mapToDouble(GeneratedToken::logprob)
                .average()
                .orElseThrow();
    }

    @Test
    void theBestAreTheLikeliestOfThoseThatWouldBeDrawn() {
        start(400, new EngineSettings(64, 16, 16));
        for (int seed = 0; seed < 20; seed++) {
            int[] prompt = new Random(seed).ints(9, 3, FakeGenerator.VOCABULARY).toArray();
            Sampling sampling = probabilities(Sampling.PLAIN.withSeed(seed), 0);
            Generated all = run(request(prompt, 12, 8, Search.DRAWN, sampling));
            List<Continuation> expected = all.continuations().stream()
                    .sorted(Comparator.comparingDouble(SearchTest::mean).reversed())
                    .limit(3)
                    .toList();
            List<Piece> told = new ArrayList<>();
            Generated best = engine.generate(List.of(request(prompt, 12, 3, new Search.Best(8), sampling)), told::add);
            assertEquals(expected, best.continuations());
            assertEquals(all.completionTokens(), best.completionTokens(), "all that was drawn counts");
            assertEquals(
                    expected.stream().map(Continuation::tokens).toList(),
                    told.stream().map(Piece::tokens).toList(),
                    "each is told once, when all have ended");
            assertEquals(List.of(0, 1, 2), told.stream().map(Piece::choice).toList());
            Generated silent = run(request(prompt, 12, 3, new Search.Best(8), Sampling.PLAIN.withSeed(seed)));
            assertEquals(ids(best), ids(silent));
            assertTrue(silent.continuations().getFirst().tokens().stream()
                    .allMatch(token ->
                            Double.isNaN(token.logprob()) && token.top().isEmpty()));
        }
    }

    @Test
    void severalPromptsAreRankedEachByItself() {
        start(400, new EngineSettings(64, 16, 64));
        GenerationRequest one = request(new int[] {5, 6}, 8, 2, new Search.Best(5), Sampling.PLAIN.withSeed(1));
        GenerationRequest two = request(new int[] {7, 8}, 8, 1, Search.DRAWN, Sampling.PLAIN.withSeed(2));
        GenerationRequest three = request(new int[] {9}, 8, 2, FOUR, Sampling.PLAIN);
        List<List<Integer>> apart = new ArrayList<>(ids(run(one)));
        apart.addAll(ids(run(two)));
        apart.addAll(ids(run(three)));
        assertEquals(apart, ids(run(one, two, three)));
    }

    /** Many searches in a cache that holds two of them, at most four texts at once. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 32})
    void beamsAreTheSameAloneAndWhereTheyHaveNoRoom(int places) throws Exception {
        Random random = new Random(17);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int[] prompt = random.ints(1 + random.nextInt(30), 3, FakeGenerator.VOCABULARY)
                    .toArray();
            Search search = i % 4 == 3
                    ? Search.DRAWN
                    : new Search.Beams(1 + random.nextInt(6), random.nextDouble(-1, 2), Stopping.values()[i % 3]);
            requests.add(request(prompt, 1 + random.nextInt(20), 1, search, Sampling.PLAIN.withSeed(i)));
        }
        start(400, new EngineSettings(64, 16, 100));
        List<List<List<Integer>>> alone = new ArrayList<>();
        for (GenerationRequest request : requests) {
            alone.add(ids(run(request)));
        }
        start(30, new EngineSettings(48, places, 1_000));
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Generated>> together = requests.stream()
                    .map(request -> callers.submit(() -> run(request)))
                    .toList();
            for (int i = 0; i < requests.size(); i++) {
                assertEquals(alone.get(i), ids(together.get(i).get()), "request " + i);
            }
        }
        assertTrue(generator.mostTexts.get() <= places, "texts in a pass: " + generator.mostTexts);
        assertTrue(
                places == 1 || engine.status().preemptions() > 0,
                engine.status().toString());
        engine.close();
        assertEquals(30, generator.freeBlocks(), "every block was given back");
    }

    @Test
    void beamsShareTheirPrompt() {
        start(60, new EngineSettings(64, 16, 16));
        int[] prompt = new Random(4).ints(81, 3, FakeGenerator.VOCABULARY).toArray();
        Generated found = run(request(prompt, 10, 4, FOUR, withoutEnd(-1)));
        assertEquals(4, found.continuations().size());
        assertEquals(81 + 4 * 9, generator.tokensRead.get(), "the prompt once, then each beam's last token");
        assertEquals(10, generator.passes.get() - 1, "of 81 tokens 64 fit the first pass");
        assertEquals(1 + 4 * 9, found.completionTokens());
        assertEquals(0, engine.status().preemptions(), "40 prompts of 21 blocks would not fit");
    }

    private static Sampling withoutEnd(int logprobs) {
        return new Sampling(0, 0, 1, 0, 1, 1, 0, 0, 0, Map.of(), 0, true, 0, logprobs);
    }

    @Test
    void aBeamIsGreedyAndProbabilitiesAreTold() {
        start(60, new EngineSettings(64, 16, 16));
        int[] prompt = {3, 4, 5};
        Generated greedy = run(request(prompt, 10, 1, Search.DRAWN, withoutEnd(2)));
        Generated beam = run(request(prompt, 10, 1, new Search.Beams(1, 1, Stopping.EARLY), withoutEnd(2)));
        assertEquals(ids(greedy), ids(beam));
        for (int i = 0; i < 10; i++) {
            GeneratedToken wanted = greedy.continuations().getFirst().tokens().get(i);
            GeneratedToken found = beam.continuations().getFirst().tokens().get(i);
            assertEquals(wanted.logprob(), found.logprob(), 1e-6);
            assertEquals(
                    wanted.top().stream().map(GeneratedToken.Alternative::id).toList(),
                    found.top().stream().map(GeneratedToken.Alternative::id).toList());
        }
        assertEquals(FinishReason.LENGTH, beam.continuations().getFirst().finish());
    }

    @Test
    void whoGoesAwayTakesAllBeamsAlong() throws Exception {
        start(100, new EngineSettings(16, 8, 4));
        generator.passMillis = 50;
        GenerationException gone = assertThrows(
                GenerationException.class,
                () -> engine.generate(
                        List.of(request(new int[] {5}, 100, 2, FOUR, withoutEnd(-1))),
                        new org.candor.api.generate.GenerationListener() {
                            @Override
                            public boolean piece(Piece piece) {
                                return true;
                            }

                            @Override
                            public boolean wanted() {
                                return false;
                            }
                        }));
        assertEquals(Kind.CANCELLED, gone.kind());
        for (int i = 0; engine.status().running() > 0; i++) {
            assertTrue(i < 1_000, engine.status().toString());
            Thread.sleep(10);
        }
        assertTrue(generator.passes.get() < 40, "passes: " + generator.passes);
        assertEquals(
                1,
                run(request(new int[] {7}, 1, 1, Search.DRAWN, Sampling.PLAIN)).completionTokens());
    }

    @Test
    void patienceEndsASearchWithWhatItHas() {
        start(100, new EngineSettings(16, 8, 4));
        generator.passMillis = 20;
        Generated cut = run(new GenerationRequest(
                        new int[] {5},
                        100,
                        2,
                        withoutEnd(-1),
                        List.of(),
                        Set.of(),
                        null,
                        false,
                        "default",
                        Duration.ofSeconds(1))
                .with(FOUR));
        assertEquals(2, cut.continuations().size());
        for (Continuation one : cut.continuations()) {
            assertEquals(FinishReason.DEADLINE, one.finish());
            assertTrue(!one.tokens().isEmpty() && one.tokens().size() < 100, one.toString());
        }
    }

    @Test
    void whatIsWrongIsSaidByItsName() {
        start(100, new EngineSettings(16, 8, 4));
        int[] prompt = {5};
        assertRefused("best_of", request(prompt, 1, 3, new Search.Best(2), Sampling.PLAIN));
        assertRefused("best_of", request(prompt, 1, 3, new Search.Best(129), Sampling.PLAIN));
        assertRefused("best_of", request(prompt, 1, 1, new Search.Beams(65, 1, Stopping.EARLY), Sampling.PLAIN));
        assertRefused("best_of", request(prompt, 1, 2, new Search.Beams(1, 1, Stopping.EARLY), Sampling.PLAIN));
        assertRefused(
                "length_penalty",
                request(prompt, 1, 1, new Search.Beams(2, Double.NaN, Stopping.EARLY), Sampling.PLAIN));
        assertRefused("temperature", request(prompt, 1, 1, FOUR, Sampling.PLAIN.withTemperature(0.5)));
        assertRefused("logprobs", request(prompt, 1, 1, FOUR, withoutEnd(21)));
    }

    private void assertRefused(String parameter, GenerationRequest request) {
        GenerationException refused = assertThrows(GenerationException.class, () -> run(request));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals(parameter, refused.parameter(), refused.getMessage());
    }
}
