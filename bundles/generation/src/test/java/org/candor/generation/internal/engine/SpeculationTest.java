package org.candor.generation.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.GeneratorStatus;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;
import org.candor.generation.internal.engine.EngineSettings.Speculation;
import org.candor.generation.internal.sampling.TokenHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guessing tokens saves passes and changes no text. */
@Timeout(120)
class SpeculationTest {

    private static Sampling sampling(Random random) {
        return new Sampling(
                random.nextInt(3) * 0.4,
                random.nextInt(3) * 10,
                random.nextBoolean() ? 1 : 0.9,
                0,
                1,
                random.nextBoolean() ? 1 : 1.05,
                random.nextBoolean() ? 0 : 0.1,
                0,
                random.nextInt(3) == 0 ? 6 : 0,
                random.nextBoolean() ? Map.of() : Map.of(7, 1.5),
                random.nextInt(20),
                random.nextBoolean(),
                random.nextLong(),
                random.nextInt(3) - 1);
    }

    private static List<GenerationRequest> requests(Random random, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new GenerationRequest(
                                random.ints(1 + random.nextInt(40), 3, 3 + random.nextInt(1, 60))
                                        .toArray(),
                                1 + random.nextInt(60),
                                1,
                                sampling(random),
                                List.of(),
                                random.nextBoolean() ? Set.of() : Set.of(random.nextInt(FakeGenerator.VOCABULARY)),
                                null,
                                false,
                                "tenant" + i % 3,
                                Duration.ofMinutes(1))
                        .with(i % 7 == 0 ? new Search.Best(3) : Search.DRAWN))
                .toList();
    }

    private static GeneratorStatus write(
            FakeGenerator generator, EngineSettings settings, List<GenerationRequest> requests, List<Object> texts)
            throws Exception {
        Engine engine = new Engine("speculation-test", generator, ModelText.NONE, settings);
        try (engine;
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Generated>> all = requests.stream()
                    .map(request -> callers.submit(() -> engine.generate(List.of(request), piece -> true)))
                    .toList();
            for (Future<Generated> one : all) {
                texts.add(one.get().continuations().stream()
                        .map(Continuation::toString) // not a number is equal to itself there
                        .toList());
            }
        }
        return engine.status();
    }

    private static FakeGenerator generator(int blocks, float habit, int stretchesAt) {
        FakeGenerator generator = new FakeGenerator(4, blocks, 120, stretchesAt);
        generator.habit = habit;
        generator.passMillis = 1; // so that a token more costs nothing
        return generator;
    }

    /** Texts that repeat themselves always, often, and never; a roomy cache and a crowded one. */
    @ParameterizedTest
    @ValueSource(floats = {20, 6, 0})
    void noTextChanges(float habit) throws Exception {
        List<GenerationRequest> requests = requests(new Random(23), 60);
        List<Object> without = new ArrayList<>();
        List<Object> with = new ArrayList<>();
        List<Object> crowded = new ArrayList<>();
        GeneratorStatus slow =
                write(generator(400, habit, 50), new EngineSettings(64, 16, 1_000, Speculation.OFF), requests, without);
        GeneratorStatus quick =
                write(generator(400, habit, 50), new EngineSettings(64, 1, 1_000, Speculation.AUTO), requests, with);
        GeneratorStatus busy =
                write(generator(50, habit, 50), new EngineSettings(64, 16, 1_000, Speculation.AUTO), requests, crowded);
        assertEquals(without, with);
        assertEquals(without, crowded);
        assertEquals(0, slow.draftTokens());
        assertTrue(habit == 0 || quick.acceptedTokens() > 20 && busy.acceptedTokens() > 0, quick + " " + busy);
        assertTrue(quick.acceptedTokens() <= quick.draftTokens());
        assertEquals(slow.completionTokens(), quick.completionTokens());
    }

    private static GenerationRequest greedy(int most) {
        Sampling endless = new Sampling(0, 0, 1, 0, 1, 1, 0, 0, 0, Map.of(), 0, true, 0, -1);
        return new GenerationRequest(
                new int[] {5, 6}, most, 1, endless, List.of(), Set.of(), null, false, "default", Duration.ofMinutes(1));
    }

    @Test
    void aTextThatRepeatsItselfTakesFewerPasses() throws Exception {
        FakeGenerator generator = new FakeGenerator(16, 100, 1_200, 0);
        generator.habit = 20;
        generator.passMillis = 1;
        GeneratorStatus status =
                write(generator, new EngineSettings(64, 4, 4), List.of(greedy(1_000)), new ArrayList<>());
        assertEquals(1_000, status.completionTokens());
        assertTrue(status.passes() < 400, status.toString());
        assertEquals(1_000 - status.acceptedTokens(), status.passes());
    }

    @Test
    void whereItDoesNotPayItIsLeft() throws Exception {
        // Two tokens were there before now and then, and never mean what follows.
        PromptLookup lookup = new PromptLookup();
        TokenHistory history = new TokenHistory(new int[] {1, 2, 3, 1, 2});
        int drafted = 0;
        for (int i = 0; i < 1_000; i++) {
            int[] draft = lookup.draft(history, 16, 0.2);
            if (draft.length > 0) {
                drafted += draft.length;
                lookup.judge(draft.length, 0);
            }
        }
        assertTrue(drafted > 0 && drafted < 100, "drafted: " + drafted);
        assertEquals(0, new PromptLookup().draft(history, 16, 0.9).length, "a token costs as much as it saves");
    }

    @Test
    void aDraftIsWhatFollowedTheLongestRun() {
        TokenHistory history = new TokenHistory(new int[] {9, 1, 2, 3, 7, 8, 2, 3, 5, 6, 1, 2, 3});
        assertArrayEquals(new int[] {7, 8, 2}, PromptLookup.continuation(history, 3));
        assertArrayEquals(
                new int[] {4, 5, 4, 5, 4}, PromptLookup.continuation(new TokenHistory(new int[] {4, 5, 4, 5}), 5));
        assertEquals(0, PromptLookup.continuation(new TokenHistory(new int[] {1, 2, 3, 4}), 3).length);
        assertEquals(0, PromptLookup.continuation(new TokenHistory(new int[] {1}), 3).length);
    }

    @Test
    void whatATokenCostsIsMeasured() {
        PassTimes times = new PassTimes();
        assertEquals(0.2, times.shareOfOneMore(1));
        for (int i = 0; i < 100; i++) {
            int tokens = 1 + i % 8;
            times.took(tokens, 900 + 100 * tokens);
            times.took(500, 1);
        }
        assertEquals(0.1, times.shareOfOneMore(1), 1e-6);
        assertEquals(0.5, times.shareOfOneMore(9), 1e-6);
    }
}
