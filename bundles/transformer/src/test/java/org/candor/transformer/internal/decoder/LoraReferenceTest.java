package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.candor.api.compute.WeightType;
import org.candor.api.model.Adapter;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFormatException;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TransformerLoader;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.SafetensorsWriter;
import org.candor.transformer.internal.weights.StoredTensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters give what PEFT 0.21 gives with them, and what weights give that they were merged into. */
class LoraReferenceTest {

    private static final GeneratorSettings SETTINGS = new GeneratorSettings(WeightType.F32, 0, 512, 8);

    private static CpuBackend backend;
    private static GeneratorLoader loader;

    @TempDir
    private Path folder;

    @BeforeAll
    static void openBackend() {
        backend = Reference.cpu();
        loader = new TransformerLoader(backend, Reference.tokenizers(), 512, 1);
    }

    @AfterAll
    static void closeBackend() {
        backend.close();
    }

    private static Path training(String run) {
        Path there = Reference.shared().resolve("training").resolve(run);
        Assumptions.assumeTrue(Files.isDirectory(there), "the shared reference is absent: " + there);
        return there;
    }

    /** Scores after each of some tokens. */
    private static float[] scores(Generator generator, Adapter adapter, int[] ids) {
        float[] scores = new float[ids.length * generator.vocabulary()];
        try (CachedText text = generator.open(adapter)) {
            generator.forward(List.of(new Step(text, ids, ids.length, ids.length)), scores);
        }
        return scores;
    }

    @ParameterizedTest
    @CsvSource({
        "llama-lora, adapter-start, start",
        "llama-lora, adapter-step10, step10",
        "llama-lora, variants/rslora, rslora",
        "llama-lora, variants/patterns, patterns",
        "llama-lora, variants/few-targets, few-targets",
        "gpt2-lora, adapter-start, start",
        "gpt2-lora, adapter-step10, step10"
    })
    void scoresAreThoseOfPeft(String run, String adapterFolder, String tensor) throws IOException {
        Path there = training(run);
        Map<?, ?> probe =
                (Map<?, ?>) StrictJson.object(there.resolve("expected.json")).get("probe");
        try (Arena arena = Arena.ofConfined();
                Generator generator = loader.loadGenerator(Reference.files(there, Map.of()), SETTINGS);
                Adapter adapter = generator.adapt(Reference.files(there.resolve(adapterFolder), Map.of()))) {
            Map<String, StoredTensor> expected =
                    Safetensors.map(there.resolve("logits.safetensors"), arena).tensors();
            for (String name : List.of("base", tensor)) {
                StoredTensor logits = expected.get(name + ".logits");
                float[] values = new float[(int) logits.size()];
                logits.copy(0, values, values.length);
                int time = (int) logits.shape()[1];
                for (int row = 0; row < logits.shape()[0]; row++) {
                    int length = Arrays.stream(DecoderReference.ints(((List<?>) probe.get("attention_mask")).get(row)))
                            .sum();
                    int[] ids =
                            Arrays.copyOf(DecoderReference.ints(((List<?>) probe.get("input_ids")).get(row)), length);
                    float[] actual = scores(generator, name.equals("base") ? null : adapter, ids);
                    Reference.assertClose(
                            run + " " + name + " row " + row, values, row * time * generator.vocabulary(), actual);
                }
            }
            long weights = generator.adapterBytes(Reference.files(there.resolve(adapterFolder), Map.of()), 0);
            long passes = generator.adapterBytes(Reference.files(there.resolve(adapterFolder), Map.of()), 100);
            // Vectors have 4, 8 or 16 lanes; the few bytes behind each weight are not counted.
            long held = adapter.bytes(0);
            assertTrue(held <= 1.05 * weights && weights <= 4 * held, weights + " bytes expected, " + held + " held");
            assertEquals(passes - weights, adapter.bytes(100) - adapter.bytes(0));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "variants/dora, adapter_config.json: use_dora \"true\" is not supported",
        "variants/save-head, adapter_config.json: modules_to_save \"[lm_head]\" is not supported"
    })
    void otherKindsAreRefusedByName(String adapterFolder, String message) throws IOException {
        Path there = training("llama-lora");
        try (Generator generator = loader.loadGenerator(Reference.files(there, Map.of()), SETTINGS)) {
            ModelFormatException refusal = assertThrows(
                    ModelFormatException.class,
                    () -> generator.adapt(Reference.files(there.resolve(adapterFolder), Map.of())));
            assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
        }
    }

    static Stream<String> models() {
        return Stream.of(
                "gpt2",
                "llama-gqa",
                "llama-dynamic-rope",
                "mistral-sliding",
                "qwen2",
                "qwen3",
                "gemma2",
                "gemma3-text",
                "phi3",
                "phi3-longrope",
                "mixtral",
                "qwen3-moe");
    }

    @ParameterizedTest
    @MethodSource("models")
    void scoresAreThoseOfMergedWeights(String model) throws IOException {
        Path there = DecoderReference.folder(model);
        DecoderConfiguration base = LoraFiles.base(there);
        List<String> targets = LoraFiles.targets(base);
        Map<String, StoredTensor> tensors = LoraFiles.tensors(base, targets, 3, 11);
        Map<String, Path> files = new HashMap<>(Reference.files(there, Map.of()).files());
        try (Arena arena = Arena.ofConfined()) {
            Map<String, StoredTensor> merged = new HashMap<>(
                    Safetensors.map(files.get("model.safetensors"), arena).tensors());
            int changed = merge(merged, tensors, 2.5 / 3, model.equals("gpt2"));
            assertEquals(tensors.size() / 2, changed);
            files.put("model.safetensors", SafetensorsWriter.write(folder.resolve("merged.safetensors"), merged));
        }
        try (Generator generator = loader.loadGenerator(Reference.files(there, Map.of()), SETTINGS);
                Generator oracle = loader.loadGenerator(Reference.files(files), SETTINGS);
                Adapter adapter = generator.adapt(
                        LoraFiles.write(folder.resolve("adapter"), LoraFiles.config(targets, 3, 2.5), tensors))) {
            int[] ids =
                    new java.util.Random(5).ints(21, 0, generator.vocabulary()).toArray();
            float[] expected = scores(oracle, null, ids);
            Reference.assertClose(model, expected, 0, scores(generator, adapter, ids));
            float[] plain = scores(generator, null, ids);
            double most = 0;
            for (int i = 0; i < plain.length; i++) {
                most = Math.max(most, Math.abs(plain[i] - expected[i]));
            }
            assertTrue(most > 0.01, model + ": the adapter changes scores by " + most + " only");
        }
    }

    /** W + scale B A, in binary64; GPT-2 stores W turned. */
    private static int merge(
            Map<String, StoredTensor> weights, Map<String, StoredTensor> adapter, double scale, boolean turned) {
        int changed = 0;
        for (String name : new ArrayList<>(adapter.keySet())) {
            if (!name.endsWith(".lora_A.weight")) {
                continue;
            }
            StoredTensor a = adapter.get(name);
            StoredTensor b = adapter.get(name.replace(".lora_A.", ".lora_B."));
            String module = name.substring("base_model.model.".length(), name.length() - ".lora_A.weight".length());
            StoredTensor weight = weights.get(module + ".weight");
            int rank = (int) a.shape()[0];
            int inputs = (int) a.shape()[1];
            int outputs = (int) b.shape()[0];
            float[] down = values(a);
            float[] up = values(b);
            float[] w = values(weight);
            for (int o = 0; o < outputs; o++) {
                for (int i = 0; i < inputs; i++) {
                    double sum = 0;
                    for (int r = 0; r < rank; r++) {
                        sum += (double) up[o * rank + r] * down[r * inputs + i];
                    }
                    int at = turned ? i * outputs + o : o * inputs + i;
                    w[at] = (float) (w[at] + scale * sum);
                }
            }
            weights.put(module + ".weight", LoraFiles.tensor(module + ".weight", w, weight.shape()));
            changed++;
        }
        return changed;
    }

    private static float[] values(StoredTensor tensor) {
        float[] values = new float[(int) tensor.size()];
        tensor.copy(0, values, values.length);
        return values;
    }
}
