package org.candor.generation.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationException.Kind;
import org.candor.api.generate.GenerationListener;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.GeneratorStatus;
import org.candor.api.generate.Piece;
import org.candor.api.generate.Sampling;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Continuous batching over a generator that gives away each mistake with its cache. */
@Timeout(120)
class EngineTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String TENANT = "default";

    private static final EngineSettings UNGUESSED = new EngineSettings(16, 4, 4, EngineSettings.Speculation.OFF);

    private Engine engine;

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private FakeGenerator start(int blocks, EngineSettings settings) {
        return start(new FakeGenerator(4, blocks, 120, 0), settings);
    }

    private FakeGenerator start(FakeGenerator generator, EngineSettings settings) {
        close();
        engine = new Engine("engine-test", generator, ModelText.NONE, settings);
        return generator;
    }

    private static GenerationRequest request(String tenant, int[] prompt, int most, int choices, long seed) {
        return new GenerationRequest(
                prompt, most, choices, Sampling.PLAIN.withSeed(seed), List.of(), Set.of(), null, false, tenant, MINUTE);
    }

    private Generated run(GenerationRequest... requests) {
        return engine.generate(List.of(requests), piece -> true);
    }

    private static List<Integer> ids(Continuation continuation) {
        return continuation.tokens().stream().map(GeneratedToken::id).toList();
    }

    private static int[] prompt(Random random, int length) {
        return random.ints(length, 3, FakeGenerator.VOCABULARY).toArray();
    }

    @Test
    void theFirstTokenIsTimedBeforeTheLast() {
        start(50, new EngineSettings(16, 4, 10));
        Generated one = run(request(TENANT, new int[] {3, 4}, 1, 1, 1));
        assertEquals(one.firstNanos(), one.lastNanos());
        Generated many = run(request(TENANT, new int[] {3, 4}, 30, 1, 1));
        assertTrue(many.waitNanos() <= many.firstNanos(), many.toString());
        assertTrue(many.firstNanos() < many.lastNanos(), many.toString());
    }

    /** 200 requests: alone, and then together in a cache so small that most of them give their place. */
    @Test
    void aTextIsTheSameAloneInABatchWithAPrefixHitAndAfterAPreemption() throws Exception {
        Random random = new Random(11);
        int[] system = prompt(random, 17);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int[] own = prompt(random, 1 + random.nextInt(30));
            int[] whole = i % 2 == 0 ? own : concat(system, own);
            requests.add(request("tenant" + i % 3, whole, 1 + random.nextInt(40), 1 + i % 5 / 4, i));
        }
        start(200, new EngineSettings(16, 1, 1_000));
        List<List<List<Integer>>> alone = new ArrayList<>();
        for (GenerationRequest request : requests) {
            alone.add(run(request).continuations().stream().map(EngineTest::ids).toList());
        }
        FakeGenerator crowded = start(40, new EngineSettings(48, 32, 1_000));
        List<Future<Generated>> together = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (GenerationRequest request : requests) {
                together.add(callers.submit(() -> run(request)));
            }
            for (int i = 0; i < requests.size(); i++) {
                Generated generated = together.get(i).get();
                assertEquals(
                        alone.get(i),
                        generated.continuations().stream().map(EngineTest::ids).toList(),
                        "request " + i);
            }
        }
        assertTrue(crowded.largestPass.get() <= 48, "a pass had " + crowded.largestPass);
        assertTrue(crowded.mostTexts.get() > 5, "at most " + crowded.mostTexts + " texts were in a pass");
        assertTrue(engine.status().preemptions() > 10, "preemptions: " + engine.status());
        assertTrue(engine.status().cachedTokens() > 100, "prefix hits: " + engine.status());
        await(() -> engine.status().running() == 0 && engine.status().waiting() == 0);
        assertTrue(
                engine.status().freeBlocks() + engine.status().keptBlocks() >= 40,
                engine.status().toString());
        engine.close();
        assertEquals(40, crowded.freeBlocks(), "every block was given back");
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            assertTrue(i < 6_000, "nothing happened within a minute");
            Thread.sleep(10);
        }
    }

    private static int[] concat(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void aBeginningThatIsKnownIsNotReadAgainButOnlyForItsOwnTenant() {
        FakeGenerator generator = start(100, new EngineSettings(64, 8, 8));
        int[] prompt = prompt(new Random(3), 30);
        Generated first = run(request("a", prompt, 1, 1, 0));
        assertEquals(0, first.cachedTokens());
        int before = generator.tokensRead.get();
        Generated second = run(request("a", prompt, 1, 1, 0));
        assertEquals(28, second.cachedTokens(), "whole blocks of 4, and at least one token is read");
        assertEquals(2, generator.tokensRead.get() - before);
        assertEquals(first.continuations(), second.continuations());
        assertEquals(0, run(request("b", prompt, 1, 1, 0)).cachedTokens());
    }

    /** Four texts fill the cache; what a fifth needs is taken from the end of the one that was used longest ago. */
    @Test
    void aTextThatNeedsBlocksTakesNoMoreOfWhatIsKeptThanThose() throws InterruptedException {
        start(40, new EngineSettings(64, 8, 8));
        Random random = new Random(6);
        List<int[]> prompts =
                IntStream.range(0, 4).mapToObj(i -> prompt(random, 41)).toList();
        for (int[] prompt : prompts) {
            assertEquals(1, run(request("a", prompt, 1, 1, 0)).completionTokens());
        }
        assertEquals(39, settled(4).keptBlocks(), "the fourth read a token more than fits beside three");
        int[] fifth = prompt(random, 21);
        run(request("a", fifth, 1, 1, 0));
        assertEquals(39 - 5 + 5, settled(5).keptBlocks(), "5 of 6 blocks had to be given, and 5 are full and kept");
        int[] cached = prompts.reversed().stream()
                .mapToInt(prompt -> run(request("a", prompt, 1, 1, 0)).cachedTokens())
                .toArray();
        assertArrayEquals(new int[] {40, 40, 40, 16}, cached, "the others and the beginning of the oldest stayed");
        run(request("a", prompt(random, 100), 1, 1, 0));
        assertTrue(settled(10).freeBlocks() <= 2, engine.status().toString());
    }

    /** The status once so many tokens were taken and nothing runs any more. */
    private GeneratorStatus settled(int tokens) throws InterruptedException {
        await(() ->
                engine.status().completionTokens() == tokens && engine.status().running() == 0);
        return engine.status();
    }

    @Test
    void sistersShareTheirPrompt() {
        FakeGenerator generator = start(100, new EngineSettings(64, 8, 8));
        Generated four = run(request(TENANT, prompt(new Random(4), 41), 6, 4, 9));
        assertEquals(4, four.continuations().size());
        assertEquals(3 * 40, four.cachedTokens());
        assertTrue(generator.tokensRead.get() <= 41 + 3 + 4 * 6, "read " + generator.tokensRead);
        assertEquals(
                4, four.continuations().stream().map(EngineTest::ids).distinct().count(), "each draws by itself");
    }

    @Test
    void aTextThatOutgrowsItsRotaryEmbeddingIsReadAnew() {
        int[] prompt = prompt(new Random(5), 6);
        GenerationRequest long1 =
                new GenerationRequest(prompt, 50, 1, withoutEnd(), List.of(), Set.of(), null, false, TENANT, MINUTE);
        FakeGenerator generator = start(new FakeGenerator(4, 100, 120, 20), UNGUESSED);
        List<Integer> written = ids(run(long1).continuations().getFirst());
        assertEquals(50, written.size());
        assertEquals(6 + 49 + 20, generator.tokensRead.get(), "the first 20 tokens are read twice");
        // Read again from the beginning, as one prompt, each text goes on alike.
        int[] known = concat(
                prompt, written.stream().mapToInt(Integer::intValue).limit(30).toArray());
        start(new FakeGenerator(4, 100, 120, 20), new EngineSettings(16, 4, 4));
        Sampling sampling = withoutEnd();
        List<Integer> rest =
                ids(run(new GenerationRequest(known, 20, 1, sampling, List.of(), Set.of(), null, false, TENANT, MINUTE))
                        .continuations()
                        .getFirst());
        assertEquals(written.subList(30, 50), rest);
    }

    private static Sampling withoutEnd() {
        return new Sampling(0, 0, 1, 0, 1, 1, 0, 0, 0, Map.of(FakeGenerator.END, -100.0), 0, false, 0, -1);
    }

    @Test
    void whoGoesAwayGivesTheSlotWithinOneStep() throws Exception {
        FakeGenerator generator = start(100, new EngineSettings(16, 1, 4));
        generator.passMillis = 5;
        GenerationRequest endless = new GenerationRequest(
                new int[] {5}, 100, 1, withoutEnd(), List.of(), Set.of(), null, false, TENANT, MINUTE);
        int[] seen = {0};
        GenerationException gone = assertThrows(
                GenerationException.class, () -> engine.generate(List.of(endless), piece -> ++seen[0] < 3));
        assertEquals(Kind.CANCELLED, gone.kind());
        int passes = generator.passes.get();
        Generated next = run(request(TENANT, new int[] {7}, 1, 1, 0));
        assertEquals(1, next.completionTokens());
        assertTrue(generator.passes.get() - passes <= 3, "passes: " + (generator.passes.get() - passes));
    }

    /** Hands on from the second piece on, and notes which thread told it what. */
    private static final class HandsOn implements GenerationListener {
        final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        final List<Integer> ids = Collections.synchronizedList(new ArrayList<>());
        int most = Integer.MAX_VALUE;
        RuntimeException failure;
        volatile Thread asking;

        @Override
        public boolean piece(Piece piece) {
            threads.add(Thread.currentThread());
            piece.tokens().forEach(token -> ids.add(token.id()));
            if (failure != null && ids.size() > 2) {
                throw failure;
            }
            return ids.size() < most;
        }

        @Override
        public boolean handsOn() {
            asking = Thread.currentThread();
            return !threads.isEmpty();
        }
    }

    private static GenerationRequest endless() {
        return new GenerationRequest(
                new int[] {5}, 100, 1, withoutEnd(), List.of(), Set.of(), null, false, TENANT, MINUTE);
    }

    @Test
    void whoOnlyHandsOnIsToldByTheLoopInOrder() {
        FakeGenerator generator = start(100, new EngineSettings(16, 1, 4));
        generator.passMillis = 2;
        HandsOn listener = new HandsOn();
        Generated text = engine.generate(List.of(endless()), listener);
        assertEquals(ids(text.continuations().getFirst()), listener.ids);
        assertEquals(Thread.currentThread(), listener.asking);
        assertEquals(Thread.currentThread(), listener.threads.getFirst(), "it did more than hand on then");
        assertEquals("engine-test", listener.threads.getLast().getName());
        int begin = listener.threads.indexOf(listener.threads.getLast());
        assertEquals(
                Set.of(listener.threads.getLast()),
                Set.copyOf(listener.threads.subList(begin, listener.threads.size())),
                "and stays so");
    }

    @Test
    void whoHandsOnAndGoesAwayGivesTheSlotWithinOneStep() {
        FakeGenerator generator = start(100, new EngineSettings(16, 1, 4));
        generator.passMillis = 5;
        HandsOn listener = new HandsOn();
        listener.most = 10;
        GenerationException gone =
                assertThrows(GenerationException.class, () -> engine.generate(List.of(endless()), listener));
        assertEquals(Kind.CANCELLED, gone.kind());
        int passes = generator.passes.get();
        assertEquals(1, run(request(TENANT, new int[] {7}, 1, 1, 0)).completionTokens());
        assertTrue(generator.passes.get() - passes <= 3, "passes: " + (generator.passes.get() - passes));
        assertEquals(10, listener.ids.size(), "nobody is told after the end");
    }

    @Test
    void aListenerThatFailsEndsItsOwnTextOnly() {
        FakeGenerator generator = start(100, new EngineSettings(16, 1, 4));
        generator.passMillis = 5;
        HandsOn listener = new HandsOn();
        listener.failure = new IllegalStateException("as tested");
        RuntimeException failed =
                assertThrows(RuntimeException.class, () -> engine.generate(List.of(endless()), listener));
        assertTrue(failed == listener.failure || failed.getCause() == listener.failure, failed::toString);
        assertEquals(1, run(request(TENANT, new int[] {7}, 1, 1, 0)).completionTokens());
    }

    @Test
    void patienceEndsAText() {
        FakeGenerator generator = start(100, new EngineSettings(16, 1, 4));
        generator.passMillis = 20;
        Generated cut = engine.generate(
                List.of(new GenerationRequest(
                        new int[] {5},
                        100,
                        1,
                        withoutEnd(),
                        List.of(),
                        Set.of(),
                        null,
                        false,
                        TENANT,
                        Duration.ofSeconds(1))),
                piece -> true);
        Continuation continuation = cut.continuations().getFirst();
        assertEquals(FinishReason.DEADLINE, continuation.finish());
        assertTrue(!continuation.tokens().isEmpty() && continuation.tokens().size() < 100, continuation.toString());
    }

    @Test
    void tooMuchThatWaitsIsRefusedAndWhatWaitsTooLongToo() throws Exception {
        FakeGenerator generator = start(100, new EngineSettings(16, 1, 2));
        generator.passMillis = 10;
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch writes = new CountDownLatch(1);
            Future<Generated> first = callers.submit(() -> engine.generate(
                    List.of(new GenerationRequest(
                            new int[] {5}, 100, 1, withoutEnd(), List.of(), Set.of(), null, false, TENANT, MINUTE)),
                    piece -> {
                        writes.countDown();
                        return true;
                    }));
            assertTrue(writes.await(30, TimeUnit.SECONDS));
            GenerationRequest hasty = new GenerationRequest(
                    new int[] {6}, 1, 1, withoutEnd(), List.of(), Set.of(), null, false, TENANT, Duration.ofMillis(50));
            List<Future<Generated>> others = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Callable<Generated> one = () -> run(hasty);
                int expected = i + 1;
                others.add(callers.submit(one));
                await(() -> engine.status().waiting() >= expected
                        || others.getFirst().isDone());
            }
            for (Future<Generated> other : others) {
                GenerationException refused = assertThrows(GenerationException.class, () -> {
                    try {
                        other.get();
                    } catch (ExecutionException e) {
                        throw e.getCause();
                    }
                });
                assertEquals(Kind.BUSY, refused.kind(), refused.getMessage());
            }
            assertEquals(100, first.get().completionTokens());
        }
        GenerationException tooMany =
                assertThrows(GenerationException.class, () -> run(request(TENANT, new int[] {5}, 1, 4, 0)));
        assertEquals(Kind.BUSY, tooMany.kind());
    }

    @Test
    void oneTenantDoesNotTakeAllPlaces() throws Exception {
        FakeGenerator generator = start(200, new EngineSettings(16, 4, 100));
        generator.passMillis = 2;
        Map<String, Long> ended = new TreeMap<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> greedy = IntStream.range(0, 12)
                    .<Future<?>>mapToObj(i -> callers.submit(() -> engine.generate(
                            List.of(new GenerationRequest(
                                    new int[] {5, i + 3},
                                    100,
                                    1,
                                    withoutEnd(),
                                    List.of(),
                                    Set.of(),
                                    null,
                                    false,
                                    "greedy",
                                    MINUTE)),
                            piece -> true)))
                    .toList();
            await(() -> engine.status().running() == 4 && engine.status().waiting() == 8);
            run(request("modest", new int[] {9}, 3, 1, 0));
            ended.put("modest", System.nanoTime());
            for (Future<?> each : greedy) {
                each.get();
            }
            ended.put("greedy", System.nanoTime());
        }
        assertTrue(ended.get("modest") < ended.get("greedy"));
        assertTrue(engine.status().preemptions() >= 1, "a place was given");
        assertTrue(engine.status().passes() > 100);
    }

    @Test
    void aPassThatFailsEndsWhatRanAndNothingElse() {
        FakeGenerator generator = start(100, new EngineSettings(16, 2, 4));
        generator.failure = new IllegalStateException("broken");
        GenerationException failed =
                assertThrows(GenerationException.class, () -> run(request(TENANT, new int[] {5}, 4, 1, 0)));
        assertEquals(Kind.FAILED, failed.kind());
        assertSame(IllegalStateException.class, failed.getCause().getClass());
        assertEquals(1, run(request(TENANT, new int[] {5}, 1, 1, 0)).completionTokens());
    }

    @Test
    void closingEndsEverything() throws Exception {
        FakeGenerator generator = start(100, new EngineSettings(16, 1, 4));
        generator.passMillis = 5;
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Generated>> open = IntStream.range(0, 3)
                    .mapToObj(i -> callers.submit(() -> run(new GenerationRequest(
                            new int[] {5}, 100, 1, withoutEnd(), List.of(), Set.of(), null, false, TENANT, MINUTE))))
                    .toList();
            await(() -> engine.status().running() == 1 && engine.status().waiting() == 2);
            engine.close();
            for (Future<Generated> each : open) {
                ExecutionException ended = assertThrows(ExecutionException.class, each::get);
                assertEquals(Kind.CANCELLED, ((GenerationException) ended.getCause()).kind());
            }
        }
        assertTrue(generator.closed);
        assertEquals(
                Kind.CANCELLED,
                assertThrows(GenerationException.class, () -> run(request(TENANT, new int[] {5}, 1, 1, 0)))
                        .kind());
    }

    @Test
    void whatIsWrongIsSaidByItsName() {
        start(100, new EngineSettings(16, 2, 4));
        assertRefused("prompt", request(TENANT, new int[0], 1, 1, 0));
        assertRefused("prompt", request(TENANT, new int[] {FakeGenerator.VOCABULARY}, 1, 1, 0));
        assertRefused("max_tokens", request(TENANT, new int[] {5}, 120, 1, 0));
        assertRefused("max_tokens", request(TENANT, new int[] {5}, 0, 1, 0));
        assertRefused("n", request(TENANT, new int[] {5}, 1, 129, 0));
        assertRefused(
                "temperature",
                new GenerationRequest(
                        new int[] {5},
                        1,
                        1,
                        Sampling.PLAIN.withTemperature(-1),
                        List.of(),
                        Set.of(),
                        null,
                        false,
                        TENANT,
                        MINUTE));
        assertRefused(
                "stop",
                new GenerationRequest(
                        new int[] {5}, 1, 1, Sampling.PLAIN, List.of("x"), Set.of(), null, false, TENANT, MINUTE));
        assertFalse(engine.status().running() > 0);
    }

    private void assertRefused(String parameter, GenerationRequest request) {
        GenerationException refused = assertThrows(GenerationException.class, () -> run(request));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals(parameter, refused.parameter(), refused.getMessage());
    }
}
