package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.candor.api.compute.WeightType;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFormatException;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TransformerLoader;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.StoredTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A GGUF file alone, without any other file, is a model that writes. */
class GgufGeneratorTest {

    private static final GeneratorSettings SETTINGS = new GeneratorSettings(WeightType.F32, 128, 512, 16);

    @ParameterizedTest
    @ValueSource(strings = {"llama-f32", "llama-f16", "llama-q8_0", "llama-q4_k_m", "qwen2-f16", "gpt2-f16"})
    void logitsAndGreedyTokensAreThoseOfTheReference(String name) throws IOException {
        Path folder = Reference.shared().resolve("gguf").resolve("models");
        assumeTrue(Files.isDirectory(folder), "the shared GGUF models are not there");
        List<Map<?, ?>> prompts = prompts(folder, name + ".gguf");
        assertEquals(3, prompts.size());
        try (Arena arena = Arena.ofConfined();
                CpuBackend backend = Reference.cpu();
                Generator generator = new TransformerLoader(backend, Reference.tokenizers(), 512, 1)
                        .loadGenerator(Reference.files(Map.of("any.gguf", folder.resolve(name + ".gguf"))), SETTINGS)) {
            assertEquals(512, generator.vocabulary());
            Map<String, StoredTensor> expected = Safetensors.map(folder.resolve(name + ".expected.safetensors"), arena)
                    .tensors();
            float[] scores = new float[generator.vocabulary()];
            for (int p = 0; p < prompts.size(); p++) {
                int[] ids = DecoderReference.ints(prompts.get(p).get("ids"));
                int[] greedy = DecoderReference.ints(prompts.get(p).get("greedy"));
                try (CachedText text = generator.open()) {
                    generator.forward(List.of(new Step(text, ids, ids.length, true)), scores);
                    StoredTensor logits = expected.get("prompt" + p + ".logits");
                    float[] values = new float[(int) logits.size()];
                    logits.copy(0, values, values.length);
                    Reference.assertClose(
                            name + " prompt " + p, values, values.length - generator.vocabulary(), scores);
                    int[] written = new int[greedy.length];
                    for (int n = 0; n < written.length; n++) {
                        written[n] = best(scores);
                        int length = text.length() + 1;
                        generator.forward(List.of(new Step(text, new int[] {written[n]}, length, true)), scores);
                    }
                    assertArrayEquals(greedy, written, name + " prompt " + p);
                }
            }
        }
    }

    @Test
    void weightsWithoutAnyConfigurationAreRefused(@TempDir Path folder) throws IOException {
        Path weights = folder.resolve("model.safetensors");
        Files.write(weights, new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
        try (CpuBackend backend = Reference.cpu()) {
            ModelFormatException refusal = assertThrows(
                    ModelFormatException.class, () -> new TransformerLoader(backend, Reference.tokenizers(), 512, 1)
                            .loadGenerator(Reference.files(Map.of("model.safetensors", weights)), SETTINGS));
            assertTrue(refusal.getMessage().contains("config.json is missing"), refusal.getMessage());
        }
    }

    private static List<Map<?, ?>> prompts(Path folder, String file) throws IOException {
        List<?> models =
                (List<?>) StrictJson.object(folder.resolve("models.json")).get("models");
        Map<?, ?> model = models.stream()
                .map(one -> (Map<?, ?>) one)
                .filter(one -> file.equals(one.get("file")))
                .findFirst()
                .orElseThrow();
        return ((List<?>) model.get("prompts"))
                .stream().<Map<?, ?>>map(one -> (Map<?, ?>) one).toList();
    }

    private static int best(float[] scores) {
        int best = 0;
        for (int id = 1; id < scores.length; id++) {
            best = scores[id] > scores[best] ? id : best;
        }
        return best;
    }
}
