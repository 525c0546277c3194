package org.candor.generation.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationException.Kind;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Texts of a model and of its adapters are written together, and none sees another adapter's cache. */
@Timeout(120)
class AdaptersTest {

    private static final List<String> NAMES = List.of("", "red", "green", "blue");

    private static Engine engine(FakeGenerator generator) {
        return new Engine("adapters-test", generator, ModelText.NONE, new EngineSettings(16, 8, 200));
    }

    /** The model as it is, and with each adapter. */
    private static List<TextGenerator> models(Engine engine) throws IOException {
        List<TextGenerator> models = new ArrayList<>();
        for (String name : NAMES) {
            models.add(name.isEmpty() ? engine : engine.adapt(files(name)));
        }
        return models;
    }

    private static ModelFiles files(String name) {
        return new ModelFiles(new ModelId(name, "1.0.0", name), Map.of("adapter_config.json", Path.of("x")));
    }

    private static GenerationRequest request(int[] prompt, int most, Search search, long seed) {
        return new GenerationRequest(
                        prompt,
                        most,
                        1,
                        Sampling.PLAIN.withSeed(seed),
                        List.of(),
                        Set.of(),
                        null,
                        false,
                        "tenant",
                        Duration.ofMinutes(1))
                .with(search);
    }

    private static Generated run(TextGenerator model, GenerationRequest request) {
        return model.generate(List.of(request), piece -> true);
    }

    private static List<Integer> ids(Generated generated) {
        return generated.continuations().getFirst().tokens().stream()
                .map(GeneratedToken::id)
                .toList();
    }

    /** Two hundred requests with few prompts in a small cache: prefix hits, drafts, beams and lost places. */
    @Test
    void aTextIsTheSameAloneAndBesideOtherAdapters() throws Exception {
        Random random = new Random(3);
        int[] system = random.ints(17, 3, FakeGenerator.VOCABULARY).toArray();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Search search = i % 9 == 8 ? new Search.Beams(2, 1, Search.Stopping.HEURISTIC) : Search.DRAWN;
            int[] prompt = Arrays.copyOf(system, 5 + random.nextInt(13));
            requests.add(request(prompt, 1 + random.nextInt(30), search, i / 8));
        }
        FakeGenerator roomy = new FakeGenerator(4, 400, 120, 0);
        roomy.habit = 6;
        List<List<Integer>> alone = new ArrayList<>();
        try (Engine engine = engine(roomy)) {
            List<TextGenerator> models = models(engine);
            for (int i = 0; i < requests.size(); i++) {
                alone.add(ids(run(models.get(i % models.size()), requests.get(i))));
            }
        }
        Set<List<Integer>> different = new HashSet<>();
        try (Engine engine = engine(new FakeGenerator(4, 400, 120, 0))) {
            for (TextGenerator model : models(engine)) {
                different.add(ids(run(model, request(system, 20, Search.DRAWN, 1))));
            }
        }
        assertEquals(NAMES.size(), different.size());

        FakeGenerator small = new FakeGenerator(4, 40, 120, 0);
        small.habit = roomy.habit;
        try (Engine engine = engine(small);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<TextGenerator> models = models(engine);
            List<Future<Generated>> together = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                TextGenerator model = models.get(i % models.size());
                GenerationRequest request = requests.get(i);
                together.add(callers.submit(() -> run(model, request)));
            }
            for (int i = 0; i < requests.size(); i++) {
                assertEquals(alone.get(i), ids(together.get(i).get()), "request " + i);
            }
            assertTrue(engine.status().cachedTokens() > 0, "no prefix was shared");
            assertTrue(engine.status().preemptions() > 0, "nobody gave a place");
            assertTrue(small.mostTexts.get() > 4, "at most " + small.mostTexts.get() + " texts in a pass");
        }
        assertEquals(40, small.freeBlocks());
        assertTrue(small.closed && small.adapters.stream().allMatch(adapter -> adapter.closed));
    }

    @Test
    void whatOneAdapterReadServesNoOther() throws IOException {
        int[] prompt = new Random(9).ints(33, 3, FakeGenerator.VOCABULARY).toArray();
        try (Engine engine = engine(new FakeGenerator(4, 400, 120, 0))) {
            for (TextGenerator model : models(engine)) {
                assertEquals(0, run(model, request(prompt, 1, Search.DRAWN, 1)).cachedTokens());
                assertEquals(32, run(model, request(prompt, 1, Search.DRAWN, 1)).cachedTokens());
            }
            // The same adapter once more is another one.
            TextGenerator again = engine.adapt(files("red"));
            assertEquals(0, run(again, request(prompt, 1, Search.DRAWN, 1)).cachedTokens());
        }
    }

    @Test
    void closingAnAdapterEndsItsTextsOnly() throws Exception {
        FakeGenerator generator = new FakeGenerator(4, 200, 120, 0);
        try (Engine engine = engine(generator);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<TextGenerator> models = models(engine);
            int[] prompt = {5, 6, 7, 8, 9, 10};
            run(models.get(1), request(prompt, 1, Search.DRAWN, 1)); // leaves something in the cache
            generator.passMillis = 5;
            GenerationRequest endless = new GenerationRequest(
                    prompt,
                    100,
                    1,
                    Sampling.PLAIN.withSeed(1),
                    List.of(),
                    Set.of(),
                    null,
                    false,
                    "tenant",
                    Duration.ofMinutes(1));
            CountDownLatch begun = new CountDownLatch(2);
            List<Future<Generated>> running = new ArrayList<>();
            for (TextGenerator model : models.subList(0, 2)) {
                running.add(callers.submit(() -> model.generate(List.of(endless), piece -> {
                    begun.countDown();
                    return true;
                })));
            }
            begun.await();
            models.get(1).close();
            models.get(1).close();
            assertTrue(generator.adapters.getFirst().closed);
            assertFalse(generator.adapters.get(1).closed);
            Throwable failure = assertThrows(
                            ExecutionException.class, () -> running.get(1).get())
                    .getCause();
            assertEquals(Kind.CANCELLED, ((GenerationException) failure).kind());
            GenerationException late = assertThrows(
                    GenerationException.class, () -> run(models.get(1), request(prompt, 1, Search.DRAWN, 1)));
            assertEquals(Kind.CANCELLED, late.kind());
            generator.passMillis = 0;
            assertNotEquals(List.of(), ids(running.getFirst().get()));
            run(models.get(2), request(prompt, 1, Search.DRAWN, 1));
        }
        assertEquals(200, generator.freeBlocks());
    }

    @Test
    void anAdapterEndsWithItsModel() throws IOException {
        FakeGenerator generator = new FakeGenerator(4, 50, 60, 0);
        Engine engine = engine(generator);
        TextGenerator adapted = engine.adapt(files("red"));
        assertEquals(engine.adapterBytes(files("red")), adapted.bytes());
        assertTrue(adapted.bytes() > 10, "buffers count");
        assertThrows(ModelFormatException.class, () -> adapted.adapt(files("green")));
        assertThrows(
                ModelFormatException.class,
                () -> engine.adapt(new ModelFiles(new ModelId("none", "1.0.0", ""), Map.of())));
        engine.close();
        assertTrue(generator.adapters.getFirst().closed);
        adapted.close();
        assertThrows(IllegalStateException.class, () -> engine.adapt(files("blue")));
        assertTrue(generator.adapters.getLast().closed);
        GenerationException late =
                assertThrows(GenerationException.class, () -> run(adapted, request(new int[] {3}, 1, Search.DRAWN, 1)));
        assertEquals(Kind.CANCELLED, late.kind());
    }
}
