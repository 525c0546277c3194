package org.candor.generation.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.candor.api.compute.WeightType;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.proof.Json;
import org.candor.template.internal.TemplateCompiler;
import org.candor.tokenizer.internal.JsonTokenizerFactory;
import org.candor.transformer.internal.TransformerLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine writes with small T5 models is what transformers 5.23 writes. */
@Timeout(120)
class T5EngineTest {

    /** @param logprobs of the tokens, or null */
    private record Expected(String name, GenerationRequest request, List<List<Integer>> texts, List<Double> logprobs) {}

    private static Path folder(String model) {
        Path folder = Path.of(System.getProperty("candor.shared", "absent"), "reference", "models", model);
        Assumptions.assumeTrue(Files.isDirectory(folder), "the shared reference is absent: " + folder);
        return folder;
    }

    private static TextGenerator load(CpuBackend backend, Path folder, Path generation, int cacheTokens)
            throws IOException {
        return load(
                backend,
                Map.of(
                        "config.json", folder.resolve("config.json"),
                        "generation_config.json", generation,
                        "model.safetensors", folder.resolve("model.safetensors")),
                cacheTokens);
    }

    private static TextGenerator load(CpuBackend backend, Map<String, Path> files, int cacheTokens) throws IOException {
        JsonTokenizerFactory tokenizers = new JsonTokenizerFactory(Map.of());
        GenerationEngines engines = new GenerationEngines(
                new TransformerLoader(backend, tokenizers, 512, 1),
                tokenizers,
                new TemplateCompiler(Map.of()),
                Map.of());
        assertTrue(engines.generates().contains("t5"));
        return engines.load(
                new ModelFiles(new ModelId("t5", "1.0.0", ""), files),
                new GeneratorSettings(WeightType.F32, 0, cacheTokens, 4));
    }

    private static GenerationRequest request(List<Integer> prompt, int most, int choices, Sampling sampling) {
        return new GenerationRequest(
                prompt.stream().mapToInt(Integer::intValue).toArray(),
                most,
                choices,
                sampling,
                List.of(),
                Set.of(),
                null,
                false,
                "default",
                Duration.ofMinutes(1));
    }

    private static Sampling likeliest() {
        return new Sampling(0, 0, 1, 0, 1, 1, 0, 0, 0, Map.of(), 0, false, 0, 0);
    }

    /** Greedy continuations that end; those that the reference let go on past an end token are checked in the transformer. */
    private static List<Expected> greedy(Path folder) throws IOException {
        List<Expected> all = new ArrayList<>();
        for (Object value : (List<?>) Json.parseObject(Files.readAllBytes(folder.resolve("expected.json")))
                .get("greedy")) {
            Map<?, ?> one = (Map<?, ?>) value;
            Object text = one.containsKey("continuation_with_eos")
                    ? one.get("continuation_with_eos")
                    : one.get("continuation");
            int most = ((Long) one.get("max_new_tokens")).intValue();
            all.add(new Expected(
                    "greedy " + one.get("name"),
                    request(ints(one.get("prompt")), most, 1, likeliest()),
                    List.of(ints(text)),
                    ((List<?>) one.get("logprobs"))
                            .stream().map(each -> ((Number) each).doubleValue()).toList()));
        }
        return all;
    }

    /** Searches of one case, which have an end token of their own. */
    private static List<Expected> beams(Map<?, ?> one) {
        List<Expected> all = new ArrayList<>();
        for (Object each : (List<?>) one.get("runs")) {
            Map<?, ?> run = (Map<?, ?>) each;
            Search search = new Search.Beams(
                    ((Long) one.get("num_beams")).intValue(),
                    ((Number) run.get("length_penalty")).doubleValue(),
                    switch (run.get("early_stopping")) {
                        case Boolean early -> early ? Search.Stopping.EARLY : Search.Stopping.HEURISTIC;
                        case Object never -> Search.Stopping.EXHAUSTIVE;
                    });
            List<List<Integer>> sequences = ((List<?>) run.get("sequences"))
                    .stream().map(T5EngineTest::ints).toList();
            int most = ((Long) one.get("max_new_tokens")).intValue();
            GenerationRequest request = request(ints(one.get("prompt")), most, sequences.size(), likeliest())
                    .with(search);
            all.add(new Expected(one.get("name") + " " + search, request, sequences, null));
        }
        return all;
    }

    private static List<Integer> ints(Object list) {
        return ((List<?>) list).stream().map(id -> ((Long) id).intValue()).toList();
    }

    private static void compare(Expected expected, Generated generated) {
        List<Continuation> found = generated.continuations();
        assertEquals(expected.texts, ids(generated), expected.name);
        assertEquals(expected.request.prompt().length, generated.promptTokens(), expected.name);
        if (expected.logprobs != null) {
            List<GeneratedToken> tokens = found.getFirst().tokens();
            for (int i = 0; i < tokens.size(); i++) {
                assertEquals(expected.logprobs.get(i), tokens.get(i).logprob(), 2e-4, expected.name + " " + i);
            }
            boolean whole = tokens.size() == expected.request.maxTokens();
            assertEquals(
                    whole ? FinishReason.LENGTH : FinishReason.STOP,
                    found.getFirst().finish(),
                    expected.name);
        }
    }

    private static List<List<Integer>> ids(Generated generated) {
        return generated.continuations().stream()
                .map(each -> each.tokens().stream().map(GeneratedToken::id).toList())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"t5-gated", "t5-relu"})
    void greedyTextsAreTheReferencesAloneAndBesideOthers(String name) throws Exception {
        Path folder = folder(name);
        List<Expected> all = new ArrayList<>(greedy(folder));
        try (CpuBackend backend = CpuBackend.open(2)) {
            try (TextGenerator model = load(backend, folder, folder.resolve("generation_config.json"), 512)) {
                for (int seed = 0; seed < 12; seed++) {
                    List<Integer> prompt = List.of(5 + seed, 9, 40, 2, 7, 100 + seed % 3);
                    GenerationRequest request = request(prompt, 20 + seed, 1 + seed % 3, Sampling.PLAIN.withSeed(seed));
                    List<List<Integer>> text = ids(model.generate(List.of(request), piece -> true));
                    all.add(new Expected("drawn " + seed, request, text, null));
                }
                alone(all, model);
            }
            try (TextGenerator crowded = load(backend, folder, folder.resolve("generation_config.json"), 128)) {
                together(all, crowded);
                assertTrue(crowded.status().preemptions() > 0, crowded.status().toString());
                assertTrue(crowded.status().cachedTokens() > 0, crowded.status().toString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"t5-gated", "t5-relu"})
    void beamsAreTheReferencesAloneAndBesideOthers(String name, @TempDir Path configurations) throws Exception {
        Path folder = folder(name);
        int runs = 0;
        try (CpuBackend backend = CpuBackend.open(2)) {
            for (Object value : (List<?>) Json.parseObject(Files.readAllBytes(folder.resolve("beam.json")))
                    .get("cases")) {
                Map<?, ?> one = (Map<?, ?>) value;
                List<Expected> all = beams(one);
                Path configuration = Files.writeString(
                        configurations.resolve(one.get("name") + ".json"),
                        "{\"decoder_start_token_id\": 0, \"eos_token_id\": " + one.get("eos_token_id") + "}");
                try (TextGenerator model = load(backend, folder, configuration, 512)) {
                    alone(all, model);
                    assertEquals(0, model.status().preemptions());
                }
                try (TextGenerator crowded = load(backend, folder, configuration, 80)) {
                    together(all, crowded);
                    assertTrue(
                            crowded.status().preemptions() > 0, crowded.status().toString());
                }
                runs += all.size();
            }
        }
        assertTrue(runs >= 8);
    }

    @Test
    void aTextIsWrittenAfterWhatTheEncoderRead() throws Exception {
        Path reference = folder("t5-gated");
        Path tokenizer =
                Path.of(T5EngineTest.class.getResource("t5-tokenizer.json").toURI());
        try (CpuBackend backend = CpuBackend.open(2);
                TextGenerator model = load(
                        backend,
                        Map.of(
                                "config.json", reference.resolve("config.json"),
                                "model.safetensors", reference.resolve("model.safetensors"),
                                "tokenizer.json", tokenizer),
                        512)) {
            assertTrue(model.encodesPrompts());
            assertNull(model.chatTemplate());
            int[] prompt = model.tokenizer().encode("ab ef ij mno").ids();
            assertEquals(174, prompt[prompt.length - 1]);
            List<Integer> ids = Arrays.stream(prompt).boxed().toList();
            GenerationRequest request = request(ids, 30, 1, Sampling.PLAIN.withSeed(3));
            StringBuilder streamed = new StringBuilder();
            Generated generated = model.generate(List.of(request), piece -> {
                streamed.append(piece.text());
                return true;
            });
            Continuation text = generated.continuations().getFirst();
            int[] written = text.tokens().stream().mapToInt(GeneratedToken::id).toArray();
            assertEquals(model.tokenizer().decode(written, true), text.text());
            assertEquals(text.text(), streamed.toString());
            assertTrue(text.text().length() > 10, text.text());
            assertEquals(prompt.length, generated.promptTokens());
            assertEquals(written.length, generated.completionTokens());
            String stop = text.text().substring(5, 8);
            GenerationRequest stopped = new GenerationRequest(
                    prompt,
                    30,
                    1,
                    Sampling.PLAIN.withSeed(3),
                    List.of(stop),
                    Set.of(),
                    null,
                    false,
                    "default",
                    Duration.ofMinutes(1));
            Continuation shorter = model.generate(List.of(stopped), piece -> true)
                    .continuations()
                    .getFirst();
            assertEquals(text.text().substring(0, text.text().indexOf(stop)), shorter.text());
            assertEquals(stop, shorter.stop());
        }
    }

    private static void alone(List<Expected> all, TextGenerator model) {
        for (Expected expected : all) {
            compare(expected, model.generate(List.of(expected.request), piece -> true));
        }
    }

    private static void together(List<Expected> all, TextGenerator model) throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Generated>> together = all.stream()
                    .map(each -> callers.submit(() -> model.generate(List.of(each.request), piece -> true)))
                    .toList();
            for (int i = 0; i < all.size(); i++) {
                compare(all.get(i), together.get(i).get());
            }
        }
    }
}
