package org.candor.generation.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.candor.api.compute.WeightType;
import org.candor.api.generate.Continuation;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Beams of the engine are those that transformers 5.23 finds with the same model, a small GPT-2. */
@Timeout(120)
class BeamReferenceTest {

    private static final Path MODEL = Path.of("..", "transformer", "src", "test", "resources", "reference", "gpt2");

    /** @param sequences new tokens, best first */
    private record Run(String name, GenerationRequest request, List<List<Integer>> sequences, List<Double> scores) {}

    private static List<Run> runs() throws IOException {
        List<Run> runs = new ArrayList<>();
        Map<String, Object> reference = Json.parseObject(Files.readAllBytes(MODEL.resolve("beam.json")));
        for (Object value : (List<?>) reference.get("cases")) {
            Map<?, ?> one = (Map<?, ?>) value;
            for (Object each : (List<?>) one.get("runs")) {
                Map<?, ?> run = (Map<?, ?>) each;
                Search.Beams search = new Search.Beams(
                        ((Long) one.get("num_beams")).intValue(),
                        ((Number) run.get("length_penalty")).doubleValue(),
                        switch (run.get("early_stopping")) {
                            case Boolean early -> early ? Search.Stopping.EARLY : Search.Stopping.HEURISTIC;
                            case Object never -> Search.Stopping.EXHAUSTIVE;
                        });
                GenerationRequest request = new GenerationRequest(
                                ints(one.get("prompt")).stream()
                                        .mapToInt(Integer::intValue)
                                        .toArray(),
                                ((Long) one.get("max_new_tokens")).intValue(),
                                ((Long) one.get("num_return_sequences")).intValue(),
                                new Sampling(0, 0, 1, 0, 1, 1, 0, 0, 0, Map.of(), 0, false, 0, 0),
                                List.of(),
                                Set.of(((Long) one.get("eos_token_id")).intValue()),
                                null,
                                false,
                                "default",
                                Duration.ofMinutes(1))
                        .with(search);
                runs.add(new Run(
                        one.get("name") + " " + search,
                        request,
                        ((List<?>) run.get("sequences"))
                                .stream().map(BeamReferenceTest::ints).toList(),
                        ((List<?>) run.get("sequences_scores"))
                                .stream()
                                        .map(score -> ((Number) score).doubleValue())
                                        .toList()));
            }
        }
        assertTrue(runs.size() >= 8);
        return runs;
    }

    private static List<Integer> ints(Object list) {
        return ((List<?>) list).stream().map(id -> ((Long) id).intValue()).toList();
    }

    private static TextGenerator load(CpuBackend backend, int cacheTokens) throws IOException {
        JsonTokenizerFactory tokenizers = new JsonTokenizerFactory(Map.of());
        GenerationEngines engines = new GenerationEngines(
                new TransformerLoader(backend, tokenizers, 512, 1),
                tokenizers,
                new TemplateCompiler(Map.of()),
                Map.of());
        return engines.load(
                new ModelFiles(
                        new ModelId("gpt2", "1.0.0", ""),
                        Map.of(
                                "config.json",
                                MODEL.resolve("config.json"),
                                "model.safetensors",
                                MODEL.resolve("model.safetensors"))),
                new GeneratorSettings(WeightType.F32, 64, cacheTokens, 4));
    }

    private static void compare(Run run, Generated generated) {
        List<Continuation> found = generated.continuations();
        assertEquals(
                run.sequences,
                found.stream()
                        .map(one ->
                                one.tokens().stream().map(GeneratedToken::id).toList())
                        .toList(),
                run.name);
        double penalty = ((Search.Beams) run.request.search()).lengthPenalty();
        for (int i = 0; i < found.size(); i++) {
            List<GeneratedToken> tokens = found.get(i).tokens();
            double sum = tokens.stream().mapToDouble(GeneratedToken::logprob).sum();
            assertEquals(run.scores.get(i), sum / Math.pow(tokens.size(), penalty), 1e-3, run.name);
        }
    }

    @Test
    void alone() throws IOException {
        try (CpuBackend backend = CpuBackend.open(2);
                TextGenerator model = load(backend, 512)) {
            for (Run run : runs()) {
                compare(run, model.generate(List.of(run.request), piece -> true));
            }
            assertEquals(0, model.status().preemptions());
        }
    }

    @Test
    void allAtOnceInACacheThatHoldsFewOfThem() throws Exception {
        try (CpuBackend backend = CpuBackend.open(2);
                TextGenerator model = load(backend, 100);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Run> runs = runs();
            List<Future<Generated>> found = runs.stream()
                    .map(run -> callers.submit(() -> model.generate(List.of(run.request), piece -> true)))
                    .toList();
            for (int i = 0; i < runs.size(); i++) {
                compare(runs.get(i), found.get(i).get());
            }
            assertTrue(model.status().preemptions() > 0, model.status().toString());
        }
    }
}
