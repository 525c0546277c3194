package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.generate.BeamSearch;
import org.candor.transformer.internal.generate.GreedySearch;
import org.candor.transformer.internal.json.StrictJson;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches find what transformers 5.23 finds with the same models. */
class SearchTest {

    private static CpuBackend backend;

    @BeforeAll
    static void openBackend() {
        backend = Reference.cpu();
    }

    @AfterAll
    static void closeBackend() {
        backend.close();
    }

    static Stream<String> models() {
        return Stream.concat(ReferenceDecodersTest.CAUSAL.stream(), ReferenceDecodersTest.WITH_ENCODER.stream());
    }

    private static DecoderModel load(String model) throws IOException {
        return DecoderLoader.load(
                        Reference.files(DecoderReference.folder(model), Map.of()), backend, WeightType.F32, 128)
                .model();
    }

    /** Branches of a prompt; after an encoder the prompt is what it reads. */
    private static CachedBranches branches(
            DecoderModel model, KeyValueCache cache, KeyValueCache encoded, int[] prompt) {
        if (model.configuration().encoder() == null) {
            return new CachedBranches(model, cache, prompt, null);
        }
        CachedSequence text =
                model.encode(encoded, List.of(prompt), Stack.Observer.NONE).getFirst();
        return new CachedBranches(model, cache, new int[] {model.configuration().start()}, text);
    }

    @ParameterizedTest
    @MethodSource("models")
    void theGreedyContinuationIsTheReferences(String name) throws IOException {
        try (Arena arena = Arena.ofConfined();
                DecoderModel model = load(name);
                KeyValueCache cache = model.cache(40, 4);
                KeyValueCache encoded = model.cache(40, 4)) {
            DecoderReference reference = DecoderReference.read(DecoderReference.folder(name), arena);
            assertTrue(reference.greedy().size() >= 3);
            for (DecoderReference.Greedy one : reference.greedy()) {
                GreedySearch search = new GreedySearch(one.maxNewTokens(), Set.of());
                try (CachedBranches branches = branches(model, cache, encoded, one.prompt())) {
                    GreedySearch.Continuation found = search.run(branches);
                    assertArrayEquals(one.continuation(), found.tokens(), one.name());
                    assertArrayEquals(one.logProbabilities(), found.logProbabilities(), 2e-4, one.name());
                }
                if (one.continuationWithEnd() != null) {
                    search = new GreedySearch(
                            one.maxNewTokens(), model.configuration().ends());
                    try (CachedBranches branches = branches(model, cache, encoded, one.prompt())) {
                        assertArrayEquals(
                                one.continuationWithEnd(), search.run(branches).tokens(), one.name());
                    }
                }
            }
            assertEquals(40, cache.freeBlocks());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "t5-gated", "t5-relu"})
    @SuppressWarnings("unchecked")
    void beamsEndWhereTheReferencesDo(String name) throws IOException {
        try (DecoderModel model = load(name);
                KeyValueCache cache = model.cache(100, 4);
                KeyValueCache encoded = model.cache(100, 4)) {
            int runs = 0;
            for (Object value : (List<Object>)
                    StrictJson.object(DecoderReference.folder(name).resolve("beam.json"))
                            .get("cases")) {
                Map<String, Object> one = (Map<String, Object>) value;
                for (Object run : (List<Object>) one.get("runs")) {
                    compare(model, cache, encoded, one, (Map<String, Object>) run);
                    runs++;
                }
            }
            assertTrue(runs >= 8);
            assertEquals(100, cache.freeBlocks());
        }
    }

    private static void compare(
            DecoderModel model,
            KeyValueCache cache,
            KeyValueCache encoded,
            Map<String, Object> one,
            Map<String, Object> run) {
        BeamSearch search = new BeamSearch(
                ((Long) one.get("num_beams")).intValue(),
                ((Number) run.get("length_penalty")).doubleValue(),
                switch (run.get("early_stopping")) {
                    case Boolean early -> early ? BeamSearch.Stopping.EARLY : BeamSearch.Stopping.HEURISTIC;
                    case Object never -> BeamSearch.Stopping.EXHAUSTIVE;
                },
                ((Long) one.get("max_new_tokens")).intValue(),
                Set.of(((Long) one.get("eos_token_id")).intValue()));
        String what = one.get("name") + " " + search;
        List<BeamSearch.Hypothesis> found;
        try (CachedBranches branches = branches(model, cache, encoded, DecoderReference.ints(one.get("prompt")))) {
            found = search.run(branches);
        }
        List<?> sequences = (List<?>) run.get("sequences");
        List<?> scores = (List<?>) run.get("sequences_scores");
        assertEquals(sequences.size(), found.size(), what);
        for (int i = 0; i < found.size(); i++) {
            int[] expected = DecoderReference.ints(sequences.get(i));
            int[] actual = found.get(i).tokens();
            assertArrayEquals(expected, actual, () -> what + ": " + Arrays.toString(actual));
            assertEquals(((Number) scores.get(i)).doubleValue(), found.get(i).score(), 1e-3, what);
        }
    }
}
