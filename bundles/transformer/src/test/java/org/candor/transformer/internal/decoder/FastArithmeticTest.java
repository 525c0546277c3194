package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.candor.api.compute.WeightType;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TransformerLoader;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.Checkpoint;
import org.candor.transformer.internal.weights.StoredTensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights held as they are stored, or rounded: what that costs, and what stays. */
class FastArithmeticTest {

    private static final int CACHE = 512;
    private static final Path STORIES = Path.of("..", "..", "packs", "stories-tiny", "src", "main", "model");

    private static CpuBackend backend;
    private static TransformerLoader loader;

    @BeforeAll
    static void open() {
        backend = Reference.cpu();
        loader = new TransformerLoader(backend, Reference.tokenizers(), 512, 1);
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static GeneratorSettings settings(WeightType weights) {
        return new GeneratorSettings(weights, 0, CACHE, 16);
    }

    private static ModelFiles gguf(String name) {
        Path file = Reference.shared().resolve("gguf").resolve("models").resolve(name + ".gguf");
        assumeTrue(Files.isRegularFile(file), "the shared GGUF models are not there");
        return Reference.files(Map.of("any.gguf", file));
    }

    private static int[] ids(int count) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = (3 + 37 * i) % 500;
        }
        return ids;
    }

    /** Scores after each token of a text, read in passes of so many. */
    private static float[][] scores(Generator generator, int[] ids, int pass) {
        float[][] scores = new float[Math.ceilDiv(ids.length, pass)][generator.vocabulary()];
        try (CachedText text = generator.open()) {
            for (int i = 0; i < scores.length; i++) {
                int[] some = Arrays.copyOfRange(ids, i * pass, Math.min(ids.length, (i + 1) * pass));
                generator.forward(List.of(new Step(text, some, ids.length, true)), scores[i]);
            }
        }
        return scores;
    }

    private static float[][] scores(ModelFiles files, WeightType weights) throws IOException {
        try (Generator generator = loader.loadGenerator(files, settings(weights))) {
            return scores(generator, ids(40), 1);
        }
    }

    /** |actual - expected| / |expected|, Euclidean, over all scores. */
    private static double difference(float[][] expected, float[][] actual) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            for (int id = 0; id < expected[i].length; id++) {
                difference += Math.pow(actual[i][id] - expected[i][id], 2);
                size += Math.pow(expected[i][id], 2);
            }
        }
        return Math.sqrt(difference / size);
    }

    /** The weights are random ones, which nothing keeps from adding errors up. */
    @ParameterizedTest
    @CsvSource({"llama-q8_0, STORED, 0.05", "llama-q4_k_m, STORED, 0.08", "llama-f16, Q8, 0.08"})
    void scoresAreNearThoseOfExactArithmetic(String name, WeightType weights, double most) throws IOException {
        float[][] exact = scores(gguf(name), WeightType.F32);
        double difference = difference(exact, scores(gguf(name), weights));
        assertTrue(difference > 0 && difference < most, name + " in " + weights + " is off by " + difference);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-f32", "llama-f16", "qwen2-f16", "gpt2-f16"})
    void numbersThatAreNoBlocksAreComputedWithExactly(String name) throws IOException {
        float[][] exact = scores(gguf(name), WeightType.F32);
        float[][] stored = scores(gguf(name), WeightType.STORED);
        for (int i = 0; i < exact.length; i++) {
            assertArrayEquals(exact[i], stored[i], name + ", token " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STORED", "Q8", "Q4"})
    void aTokensScoresHaveTheSameBytesHoweverItsTextIsRead(WeightType weights) throws IOException {
        int[] ids = ids(40);
        try (Generator generator = loader.loadGenerator(gguf("llama-q8_0"), settings(weights))) {
            float[][] alone = scores(generator, ids, 1);
            for (int pass : new int[] {2, 3, 7, 40}) {
                float[][] together = scores(generator, ids, pass);
                for (int i = 0; i < together.length; i++) {
                    assertArrayEquals(
                            alone[Math.min(ids.length, (i + 1) * pass) - 1], together[i], "passes of " + pass);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-q8_0", "llama-f16", "llama-q4_k_m"})
    void aGgufFileTakesTheMemoryOfTheFile(String name) throws IOException {
        ModelFiles files = gguf(name);
        long file = Files.size(files.files().values().iterator().next());
        long expected = loader.bytes(files, settings(WeightType.STORED));
        try (Generator generator = loader.loadGenerator(files, settings(WeightType.STORED));
                Generator exact = loader.loadGenerator(files, settings(WeightType.F32))) {
            // Beside weights there are the cache, 512 tokens of keys and values, and tables of angles.
            long rest = exact.bytes() - 4L * values(files);
            long held = generator.bytes() - rest;
            // Four and six bits become eight.
            double most = name.endsWith("k_m") ? 2.2 : 1.1;
            assertTrue(held < most * file, name + " of " + file + " bytes takes " + held);
            assertTrue(generator.bytes() <= expected * 1.15, generator.bytes() + " of " + expected);
        }
    }

    private static long values(ModelFiles files) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(files)) {
            return checkpoint.tensors().stream().mapToLong(StoredTensor::size).sum();
        }
    }

    /** The known story, whose every token is the likeliest: its perplexity is 1.606 in exact arithmetic. */
    @Test
    void aModelIsHardlyMoreSurprisedByItsOwnStory() throws IOException {
        assumeTrue(Files.isDirectory(STORIES), "the pack's files are not there");
        double exact = perplexity(WeightType.F32);
        double eight = perplexity(WeightType.Q8);
        double four = perplexity(WeightType.Q4);
        assertTrue(Math.abs(eight / exact - 1) < 0.006, "8 bits: " + eight + ", exact: " + exact);
        assertTrue(four / exact < 1.15, "4 bits: " + four + ", exact: " + exact);
    }

    private static double perplexity(WeightType weights) throws IOException {
        Map<?, ?> story = (Map<?, ?>)
                ((List<?>) StrictJson.object(STORIES.resolve("selftest.json")).get("cases")).getFirst();
        int[] ids = DecoderReference.ints(story.get("ids"));
        double sum = 0;
        try (Generator generator = loader.loadGenerator(Reference.files(STORIES, Map.of()), settings(weights));
                CachedText text = generator.open()) {
            float[] scores = new float[generator.vocabulary()];
            int last = 1;
            for (int i = 0; i < ids.length; i++) {
                generator.forward(List.of(new Step(text, new int[] {last}, i + 1, true)), scores);
                last = ids[i];
                double all = 0;
                for (float score : scores) {
                    all += Math.exp(score - scores[last]);
                }
                sum += Math.log(all);
            }
        }
        return Math.exp(sum / ids.length);
    }
}
