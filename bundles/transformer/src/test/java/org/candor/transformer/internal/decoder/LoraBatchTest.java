package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.WeightType;
import org.candor.api.model.Adapter;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.GeneratorSettings;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TransformerLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts of the base and of several adapters are read in one pass, each with the bytes that it has alone. */
class LoraBatchTest {

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

    static List<String> models() {
        return List.of("gpt2", "llama-gqa", "gemma2", "phi3", "qwen3-moe", "llama-dynamic-rope");
    }

    private static Generator load(String model, WeightType type) throws IOException {
        return load(model, type, CacheType.F32);
    }

    private static Generator load(String model, WeightType type, CacheType cache) throws IOException {
        return loader.loadGenerator(
                Reference.files(DecoderReference.folder(model), Map.of()),
                new GeneratorSettings(type, cache, 128, 2048, 8));
    }

    /** Of different ranks, and on all layers, some and one. */
    private List<Adapter> adapters(String model, Generator generator) throws IOException {
        DecoderConfiguration base = LoraFiles.base(DecoderReference.folder(model));
        List<String> all = LoraFiles.targets(base);
        List<Adapter> adapters = new ArrayList<>();
        adapters.add(null);
        adapters.add(generator.adapt(LoraFiles.write(folder.resolve("1"), base, all, 8, 1)));
        adapters.add(generator.adapt(LoraFiles.write(folder.resolve("2"), base, all.subList(0, 1), 1, 2)));
        adapters.add(generator.adapt(LoraFiles.write(folder.resolve("3"), base, all, 5, 3)));
        adapters.add(generator.adapt(
                LoraFiles.write(folder.resolve("4"), base, all.subList(all.size() - 1, all.size()), 17, 4)));
        return adapters;
    }

    @ParameterizedTest
    @MethodSource("models")
    void aTextHasTheSameBytesAloneAndAmongOthers(String model) throws IOException {
        Map<WeightType, CacheType> types =
                Map.of(WeightType.F32, CacheType.F32, WeightType.BF16, CacheType.INT8, WeightType.Q8, CacheType.BF16);
        for (WeightType type : types.keySet()) {
            try (Generator generator = load(model, type, types.get(type))) {
                Random random = new Random(7);
                List<Adapter> adapters = adapters(model, generator);
                List<int[]> ids = new ArrayList<>();
                List<Adapter> whose = new ArrayList<>();
                List<float[]> alone = new ArrayList<>();
                for (int i = 0; i < 15; i++) {
                    ids.add(random.ints(1 + random.nextInt(24), 0, generator.vocabulary())
                            .toArray());
                    whose.add(adapters.get(i % adapters.size()));
                    alone.add(together(generator, whose, ids, List.of(i)).getFirst());
                }
                assertFalse(Arrays.equals(
                        together(generator, List.of(adapters.get(1)), List.of(ids.getFirst()), List.of(0))
                                .getFirst(),
                        alone.getFirst()));
                List<Integer> order = new ArrayList<>();
                for (int i = 0; i < ids.size(); i++) {
                    order.add(i);
                }
                for (int round = 0; round < 3; round++) {
                    List<float[]> mixed = together(generator, whose, ids, order);
                    for (int i = 0; i < order.size(); i++) {
                        assertArrayEquals(
                                alone.get(order.get(i)), mixed.get(i), model + " " + type + " text " + order.get(i));
                    }
                    Collections.shuffle(order, random);
                }
                adapters.stream().filter(one -> one != null).forEach(Adapter::close);
                assertEquals(256, generator.freeBlocks());
            }
        }
    }

    /** Scores after each token but the first ones, which are read in a pass before. */
    private static List<float[]> together(
            Generator generator, List<Adapter> whose, List<int[]> ids, List<Integer> order) {
        List<CachedText> texts = new ArrayList<>();
        List<Step> first = new ArrayList<>();
        List<Step> rest = new ArrayList<>();
        int rows = 0;
        for (int i : order) {
            int[] all = ids.get(i);
            CachedText text = generator.open(whose.get(i));
            texts.add(text);
            int begun = all.length / 3;
            if (begun > 0) {
                first.add(new Step(text, Arrays.copyOf(all, begun), all.length, false));
            }
            rest.add(new Step(text, Arrays.copyOfRange(all, begun, all.length), all.length, all.length - begun));
            rows += all.length - begun;
        }
        if (!first.isEmpty()) {
            generator.forward(first, new float[0]);
        }
        float[] scores = new float[rows * generator.vocabulary()];
        generator.forward(rest, scores);
        List<float[]> each = new ArrayList<>();
        int at = 0;
        for (Step step : rest) {
            int count = step.scores() * generator.vocabulary();
            each.add(Arrays.copyOfRange(scores, at, at + count));
            at += count;
        }
        texts.forEach(CachedText::close);
        return each;
    }

    @Test
    void aForkGoesOnWithItsAdapter() throws IOException {
        try (Generator generator = load("gpt2", WeightType.F32)) {
            Adapter adapter = adapters("gpt2", generator).get(1);
            int[] ids = {5, 9, 2, 200, 31, 7};
            float[] whole = together(generator, List.of(adapter), List.of(ids), List.of(0))
                    .getFirst();
            float[] forked = new float[4 * generator.vocabulary()];
            try (CachedText text = generator.open(adapter)) {
                generator.forward(List.of(new Step(text, new int[] {5, 9}, 6, false)), new float[0]);
                try (CachedText fork = text.fork()) {
                    generator.forward(List.of(new Step(fork, new int[] {2, 200, 31, 7}, 6, 4)), forked);
                }
            }
            assertArrayEquals(whole, forked);
        }
    }

    @Test
    void anAdapterServesItsOwnModelUntilItIsClosed() throws IOException {
        try (Generator generator = load("gpt2", WeightType.F32);
                Generator other = load("gpt2", WeightType.F32)) {
            long before = generator.bytes();
            Adapter adapter = adapters("gpt2", generator).get(1);
            assertThrows(IllegalArgumentException.class, () -> other.open(adapter));
            CachedText text = generator.open(adapter);
            adapter.close();
            adapter.close();
            assertThrows(
                    IllegalStateException.class,
                    () -> generator.forward(List.of(new Step(text, new int[] {1}, 1, false)), new float[0]));
            assertThrows(IllegalArgumentException.class, () -> generator.open(adapter));
            assertEquals(before, generator.bytes());
        }
    }
}
