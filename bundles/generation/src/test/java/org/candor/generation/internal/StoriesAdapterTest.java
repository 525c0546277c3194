package org.candor.generation.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.candor.api.compute.WeightType;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
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
import org.junit.jupiter.api.io.TempDir;

/** A real model and adapters of it in one engine. */
@Timeout(120)
class StoriesAdapterTest {

    private static final Path PACK = Path.of("..", "..", "packs", "stories-tiny", "src", "main", "model");

    @TempDir
    private Path folder;

    /** An adapter of random numbers on the values and the outputs of attention. */
    private ModelFiles adapter(String name, int rank) throws IOException {
        Map<String, Object> config = Json.parseObject(Files.readAllBytes(PACK.resolve("config.json")));
        int hidden = number(config, "hidden_size");
        int values = hidden / number(config, "num_attention_heads") * number(config, "num_key_value_heads");
        StringBuilder header = new StringBuilder("{");
        List<Float> numbers = new ArrayList<>();
        Random random = new Random(name.hashCode());
        for (int layer = 0; layer < number(config, "num_hidden_layers"); layer++) {
            for (String module : List.of("v_proj", "o_proj")) {
                String tensor = "base_model.model.model.layers." + layer + ".self_attn." + module;
                int outputs = module.equals("v_proj") ? values : hidden;
                add(header, numbers, random, tensor + ".lora_A.weight", rank, hidden);
                add(header, numbers, random, tensor + ".lora_B.weight", outputs, rank);
            }
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + 4 * numbers.size()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        numbers.forEach(bytes::putFloat);
        return new ModelFiles(
                new ModelId(name, "1.0.0", ""),
                Map.of(
                        "adapter_model.safetensors",
                        Files.write(folder.resolve(name + ".safetensors"), bytes.array()),
                        "adapter_config.json",
                        Files.writeString(
                                folder.resolve(name + ".json"),
                                "{\"peft_type\":\"LORA\",\"task_type\":\"CAUSAL_LM\",\"r\":" + rank
                                        + ",\"lora_alpha\":16,\"target_modules\":[\"v_proj\",\"o_proj\"]}")));
    }

    private static int number(Map<String, Object> config, String key) {
        return ((Number) config.get(key)).intValue();
    }

    private static void add(
            StringBuilder header, List<Float> numbers, Random random, String name, int rows, int columns) {
        header.append(header.length() > 1 ? "," : "")
                .append("\"%s\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}"
                        .formatted(name, rows, columns, 4 * numbers.size(), 4 * (numbers.size() + rows * columns)));
        for (int i = 0; i < rows * columns; i++) {
            numbers.add((float) (0.1 * random.nextGaussian()));
        }
    }

    private static TextGenerator load(CpuBackend backend, int cacheTokens) throws IOException {
        JsonTokenizerFactory tokenizers = new JsonTokenizerFactory(Map.of());
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(PACK)) {
            all.forEach(file -> files.put(file.getFileName().toString(), file));
        }
        return new GenerationEngines(
                        new TransformerLoader(backend, tokenizers, 512, 1),
                        tokenizers,
                        new TemplateCompiler(Map.of()),
                        Map.of())
                .load(
                        new ModelFiles(new ModelId("stories-tiny", "1.0.0", ""), files),
                        new GeneratorSettings(WeightType.F32, 512, cacheTokens, 16));
    }

    private List<TextGenerator> models(TextGenerator base) throws IOException {
        return List.of(base, base.adapt(adapter("one", 4)), base.adapt(adapter("two", 8)), base.adapt(adapter("3", 1)));
    }

    private static List<Integer> write(TextGenerator model, GenerationRequest request) {
        return model.generate(List.of(request), piece -> true).continuations().getFirst().tokens().stream()
                .map(GeneratedToken::id)
                .toList();
    }

    @Test
    void textsAreTheSameAloneAndBesideOtherAdapters() throws Exception {
        List<GenerationRequest> requests = new ArrayList<>();
        List<List<Integer>> alone = new ArrayList<>();
        try (CpuBackend backend = CpuBackend.open(2)) {
            try (TextGenerator base = load(backend, 4_096)) {
                List<TextGenerator> models = models(base);
                int[] prompt = base.tokenizer()
                        .encode("Once upon a time, there was a little dog. The dog liked to play in the park.")
                        .ids();
                for (int i = 0; i < 40; i++) {
                    requests.add(new GenerationRequest(
                            prompt,
                            20 + i % 3 * 15,
                            1,
                            i < 4 ? Sampling.GREEDY : Sampling.PLAIN.withSeed(i / 4),
                            List.of(),
                            Set.of(),
                            null,
                            false,
                            "default",
                            Duration.ofMinutes(1)));
                    alone.add(write(models.get(i % 4), requests.get(i)));
                }
                assertEquals(
                        4,
                        new HashSet<>(alone.subList(0, 4).stream()
                                        .map(text -> text.subList(0, 20))
                                        .toList())
                                .size());
            }
            try (TextGenerator base = load(backend, 512);
                    ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<TextGenerator> models = models(base);
                List<Future<List<Integer>>> together = new ArrayList<>();
                for (int i = 0; i < requests.size(); i++) {
                    TextGenerator model = models.get(i % 4);
                    GenerationRequest request = requests.get(i);
                    together.add(callers.submit(() -> write(model, request)));
                }
                for (int i = 0; i < requests.size(); i++) {
                    assertEquals(alone.get(i), together.get(i).get(), "request " + i);
                }
                assertTrue(base.status().preemptions() > 0, base.status().toString());
            }
        }
    }
}
