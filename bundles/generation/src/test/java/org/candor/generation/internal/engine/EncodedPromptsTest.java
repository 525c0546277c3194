package org.candor.generation.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Texts behind an encoder: what it reads is shared where all of it is the same, and nowhere else. */
@Timeout(120)
class EncodedPromptsTest {

    private static final String TENANT = "default";
    private static final int[] INPUT = {5, 6, 7, 8, 9, 10, 11, 12, 13};

    private Engine engine;

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private FakeGenerator start(int blocks, EngineSettings settings) {
        return start(FakeGenerator.encoding(4, blocks, 120), settings);
    }

    private FakeGenerator start(FakeGenerator generator, EngineSettings settings) {
        close();
        engine = new Engine("encoded-prompts-test", generator, ModelText.NONE, settings);
        return generator;
    }

    private static GenerationRequest request(String tenant, int[] prompt, int most, int choices, Sampling sampling) {
        return new GenerationRequest(
                prompt, most, choices, sampling, List.of(), Set.of(), null, false, tenant, Duration.ofMinutes(1));
    }

    private static GenerationRequest request(int[] prompt, int most, int choices) {
        return request(TENANT, prompt, most, choices, Sampling.PLAIN);
    }

    private Generated run(GenerationRequest request) {
        return engine.generate(List.of(request), piece -> true);
    }

    private static List<List<Integer>> ids(Generated generated) {
        return generated.continuations().stream()
                .map(each -> each.tokens().stream().map(GeneratedToken::id).toList())
                .toList();
    }

    /** Few inputs that begin alike, drawn, ranked and searched for, in a cache so small that most texts give their place. */
    @Test
    void aTextIsTheSameAloneInABatchAndAfterItsInputWasReadAnew() throws Exception {
        Random random = new Random(5);
        int[] words = random.ints(40, 3, FakeGenerator.VOCABULARY).toArray();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Sampling sampling = i % 6 == 2 ? Sampling.PLAIN : Sampling.PLAIN.withSeed(i);
            requests.add(request(
                            "tenant" + i % 3,
                            Arrays.copyOf(words, 1 + random.nextInt(words.length)),
                            1 + random.nextInt(40),
                            1 + i % 5 / 4,
                            sampling)
                    .with(
                            i % 6 == 2
                                    ? new Search.Beams(2 + random.nextInt(4), 1, Search.Stopping.HEURISTIC)
                                    : i % 6 == 3 ? new Search.Best(4) : Search.DRAWN));
        }
        FakeGenerator single = start(400, new EngineSettings(16, 1, 1_000));
        List<List<List<Integer>>> alone = new ArrayList<>();
        for (GenerationRequest request : requests) {
            alone.add(ids(run(request)));
        }
        FakeGenerator crowded = start(60, new EngineSettings(48, 32, 1_000));
        List<Future<Generated>> together = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (GenerationRequest request : requests) {
                together.add(callers.submit(() -> run(request)));
            }
            for (int i = 0; i < requests.size(); i++) {
                Generated generated = together.get(i).get();
                assertEquals(alone.get(i), ids(generated), "request " + i);
                assertEquals(requests.get(i).prompt().length, generated.promptTokens());
            }
        }
        assertTrue(crowded.mostTexts.get() > 5, "at most " + crowded.mostTexts + " texts were in a pass");
        assertTrue(engine.status().preemptions() > 10, "preemptions: " + engine.status());
        assertTrue(engine.status().cachedTokens() > 100, "shared inputs: " + engine.status());
        engine.close();
        assertEquals(60, crowded.freeBlocks(), "every block was given back");
        assertTrue(single.inputsRead.get() <= 120, "inputs read: " + single.inputsRead);
    }

    @Test
    void anInputIsReadOnceForAllChoicesAndBeamsAndForWhoComesBack() {
        FakeGenerator generator = start(100, new EngineSettings(16, 8, 100));
        Generated first = run(request(INPUT, 10, 4));
        assertEquals(4, first.continuations().size());
        assertEquals(INPUT.length, first.promptTokens());
        assertEquals(3 * INPUT.length, first.cachedTokens());
        assertEquals(
                first.completionTokens(),
                first.continuations().stream()
                        .mapToInt(each -> each.tokens().size())
                        .sum());
        assertTrue(first.busyNanos() >= 1_000L * INPUT.length);
        assertEquals(1, generator.inputsRead.get());
        Generated again = run(request(INPUT, 10, 1));
        assertEquals(INPUT.length, again.cachedTokens());
        assertEquals(ids(first).getFirst(), ids(again).getFirst());
        run(request(INPUT, 10, 2).with(new Search.Beams(4, 1, Search.Stopping.EARLY)));
        assertEquals(1, generator.inputsRead.get());
        assertTrue(engine.encodesPrompts());
    }

    @Test
    void nothingIsSharedWithAnotherInputOrAnotherTenant() {
        FakeGenerator generator = start(100, new EngineSettings(16, 8, 100));
        List<List<Integer>> mine = ids(run(request(INPUT, 12, 1)));
        int[] longer = Arrays.copyOf(INPUT, 14);
        Generated other = run(request(longer, 12, 1));
        assertEquals(0, other.cachedTokens());
        assertNotEquals(mine, ids(other));
        assertEquals(0, run(request(Arrays.copyOf(INPUT, 8), 12, 1)).cachedTokens());
        Generated theirs = run(request("another", INPUT, 12, 1, Sampling.PLAIN));
        assertEquals(0, theirs.cachedTokens());
        assertEquals(mine, ids(theirs));
        assertEquals(4, generator.inputsRead.get());
    }

    /** Inputs of 9 tokens, passes of 16: two of them are read between two passes, however many wait. */
    @Test
    void whoIsWrittenForWaitsForFewInputsAtATime() {
        FakeGenerator generator = start(400, new EngineSettings(16, 16, 100));
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int[] input = INPUT.clone();
            input[0] = 20 + i;
            requests.add(request(input, 20, 1));
        }
        assertEquals(
                16, engine.generate(requests, piece -> true).continuations().size());
        assertEquals(16, generator.inputsRead.get());
        assertEquals(18, generator.mostEncoded.get());
        assertTrue(generator.mostTexts.get() > 4, "at most " + generator.mostTexts + " texts were in a pass");
    }

    @Test
    void guessedTokensChangeNoText() {
        List<List<List<Integer>>> texts = new ArrayList<>();
        for (EngineSettings.Speculation speculation : EngineSettings.Speculation.values()) {
            FakeGenerator generator = FakeGenerator.encoding(4, 100, 120);
            generator.habit = 7;
            start(generator, new EngineSettings(64, 8, 100, speculation));
            for (int i = 0; i < 20; i++) {
                int[] input = Arrays.copyOf(INPUT, 1 + i % INPUT.length);
                texts.add(ids(run(request(TENANT, input, 60, 1, Sampling.PLAIN.withSeed(i)))));
            }
            assertEquals(
                    speculation == EngineSettings.Speculation.AUTO,
                    engine.status().acceptedTokens() > 0,
                    engine.status().toString());
        }
        assertEquals(texts.subList(0, 20), texts.subList(20, 40));
    }

    /** Both need whole blocks of their own: 19 blocks less one are 72 tokens. */
    @Test
    void inputAndTextFitTheCacheTogetherToTheLastToken() {
        FakeGenerator generator = start(19, new EngineSettings(16, 4, 4));
        assertEquals(72, engine.maxTokens());
        Sampling endless = new Sampling(1, 0, 1, 0, 1, 1, 0, 0, 0, java.util.Map.of(), 0, true, 0, -1);
        for (int input = 1; input < 72; input++) {
            Generated generated = run(request(TENANT, new int[input], 72 - input, 1, endless));
            assertEquals(72 - input, generated.completionTokens());
        }
        GenerationException refused = assertThrows(GenerationException.class, () -> run(request(new int[40], 33, 1)));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals("max_tokens", refused.parameter());
        assertTrue(refused.getMessage().contains("72"), refused.getMessage());
        engine.close();
        assertEquals(19, generator.freeBlocks());
    }

    @Test
    void anEncoderThatFailsEndsOneRequest() throws Exception {
        FakeGenerator generator = start(100, new EngineSettings(16, 8, 100));
        generator.failure = new IllegalStateException("no memory");
        GenerationException failed = assertThrows(GenerationException.class, () -> run(request(INPUT, 10, 3)));
        assertEquals(Kind.FAILED, failed.kind());
        assertEquals(1, run(request(INPUT, 10, 1)).continuations().size());
        engine.close();
        assertEquals(100, generator.freeBlocks());
    }

    @Test
    void aTextThatNobodyWantsOrThatTakesTooLongGivesItsBlocksBack() {
        FakeGenerator generator = start(100, new EngineSettings(16, 8, 100));
        generator.passMillis = 5;
        Sampling endless = new Sampling(1, 0, 1, 0, 1, 1, 0, 0, 0, java.util.Map.of(), 0, true, 0, -1);
        GenerationRequest request = request(TENANT, INPUT, 100, 1, endless);
        GenerationException gone =
                assertThrows(GenerationException.class, () -> engine.generate(List.of(request), piece -> false));
        assertEquals(Kind.CANCELLED, gone.kind());
        GenerationRequest brief = new GenerationRequest(
                INPUT, 100, 1, endless, List.of(), Set.of(), null, false, TENANT, Duration.ofMillis(100));
        Continuation ended = run(brief).continuations().getFirst();
        assertEquals(FinishReason.DEADLINE, ended.finish());
        assertFalse(ended.tokens().isEmpty());
        engine.close();
        assertEquals(100, generator.freeBlocks());
    }
}
