package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.candor.api.compute.CacheType;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys and values that are rounded: what that costs in scores, and what it saves. */
class CacheTypeTest {

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

    static Stream<String> models() {
        return Stream.concat(ReferenceDecodersTest.CAUSAL.stream(), ReferenceDecodersTest.WITH_ENCODER.stream());
    }

    private static Generator load(String name, CacheType type) throws IOException {
        return loader.loadGenerator(Reference.files(DecoderReference.folder(name), Map.of()), settings(type, 128, 512));
    }

    private static GeneratorSettings settings(CacheType type, int maxTokens, int cacheTokens) {
        return new GeneratorSettings(WeightType.F32, type, maxTokens, cacheTokens, 8);
    }

    private static CachedText text(Generator generator) {
        return generator.decoderStart() < 0 ? generator.open() : generator.open(ids(29));
    }

    private static int[] ids(int count) {
        return new Random(5).ints(count, 3, 250).toArray();
    }

    /** Scores after each token of a text that is read in passes of so many. */
    private static float[] scores(Generator generator, CachedText text, int[] ids, int pass) {
        int vocabulary = generator.vocabulary();
        float[] all = new float[ids.length * vocabulary];
        for (int from = 0; from < ids.length; from += pass) {
            int[] some = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + pass));
            float[] scores = new float[some.length * vocabulary];
            generator.forward(List.of(new Step(text, some, ids.length, some.length)), scores);
            System.arraycopy(scores, 0, all, from * vocabulary, scores.length);
        }
        return all;
    }

    private static float[] scores(Generator generator, int[] ids, int pass) {
        try (CachedText text = text(generator)) {
            return scores(generator, text, ids, pass);
        }
    }

    /** |actual - expected| / |expected|, Euclidean, over all scores. */
    private static double difference(float[] expected, float[] actual) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / size);
    }

    /** The weights are random ones, which nothing keeps from adding errors up. */
    @ParameterizedTest
    @MethodSource("models")
    void scoresAreNearThoseOfUnroundedKeysAndValues(String name) throws IOException {
        int[] ids = ids(60);
        try (Generator exact = load(name, CacheType.F32);
                Generator half = load(name, CacheType.BF16);
                Generator eight = load(name, CacheType.INT8)) {
            float[] expected = scores(exact, ids, 60);
            double bf16 = difference(expected, scores(half, ids, 60));
            double int8 = difference(expected, scores(eight, ids, 60));
            assertTrue(bf16 > 0 && bf16 < 0.01, name + " in bf16 is off by " + bf16);
            assertTrue(int8 > 0 && int8 < 0.04, name + " in int8 is off by " + int8);
        }
    }

    /** However it is read, alone or beside others, in a fork, and again after it had to give its place. */
    @ParameterizedTest
    @MethodSource("models")
    void aTextHasTheSameBytesHoweverItCameIntoTheCache(String name) throws IOException {
        int[] ids = ids(40);
        for (CacheType type : List.of(CacheType.BF16, CacheType.INT8)) {
            try (Generator generator = load(name, type)) {
                int vocabulary = generator.vocabulary();
                float[] whole = scores(generator, ids, 40);
                for (int pass : new int[] {1, 3, 13}) {
                    assertArrayEquals(
                            whole, scores(generator, ids, pass), name + " in " + type + ", passes of " + pass);
                }
                try (CachedText text = text(generator)) {
                    float[] begun = new float[0];
                    generator.forward(List.of(new Step(text, Arrays.copyOf(ids, 21), 40, false)), begun);
                    try (CachedText fork = text.fork();
                            CachedText other = text(generator)) {
                        List<Step> steps = new ArrayList<>();
                        steps.add(new Step(other, ids(7), 7, 1));
                        steps.add(new Step(fork, Arrays.copyOfRange(ids, 21, 40), 40, 19));
                        float[] together = new float[20 * vocabulary];
                        generator.forward(steps, together);
                        assertArrayEquals(
                                Arrays.copyOfRange(whole, 21 * vocabulary, whole.length),
                                Arrays.copyOfRange(together, vocabulary, together.length),
                                name + " in " + type + ": a fork in a batch");
                    }
                    text.truncate(0);
                    assertArrayEquals(whole, scores(generator, text, ids, 11), name + " in " + type + " read anew");
                }
            }
        }
    }

    @Test
    void theCacheTakesTheBytesThatItsTypeSays() throws IOException {
        ModelFiles files = Reference.files(DecoderReference.folder("llama-gqa"), Map.of());
        long[] counted = new long[3];
        for (CacheType type : CacheType.values()) {
            long few = loader.bytes(files, settings(type, 128, 512));
            counted[type.ordinal()] = loader.bytes(files, settings(type, 128, 512 + 8_000)) - few;
            try (Generator small = loader.loadGenerator(files, settings(type, 128, 512));
                    Generator large = loader.loadGenerator(files, settings(type, 128, 512 + 8_000))) {
                assertEquals(counted[type.ordinal()], large.bytes() - small.bytes(), type.name());
            }
        }
        assertEquals(counted[0], 2 * counted[1]);
        assertTrue(counted[2] < counted[1] && counted[2] > counted[0] / 4, Arrays.toString(counted));
        assertEquals(2 * 68, CacheType.INT8.bytes(2, 64), "3.8 times as many tokens where a head has 64 columns");
    }

    /** The known story, whose every token is the likeliest: its perplexity is 1.606 with unrounded keys and values. */
    @Test
    void aModelIsHardlyMoreSurprisedByItsOwnStory() throws IOException {
        assumeTrue(Files.isDirectory(STORIES), "the pack's files are not there");
        double exact = perplexity(CacheType.F32);
        double half = perplexity(CacheType.BF16);
        double eight = perplexity(CacheType.INT8);
        assertTrue(Math.abs(half / exact - 1) < 0.002, "bf16: " + half + ", exact: " + exact);
        assertTrue(Math.abs(eight / exact - 1) < 0.005, "int8: " + eight + ", exact: " + exact);
    }

    private static double perplexity(CacheType type) throws IOException {
        Map<?, ?> story = (Map<?, ?>)
                ((List<?>) StrictJson.object(STORIES.resolve("selftest.json")).get("cases")).getFirst();
        int[] ids = DecoderReference.ints(story.get("ids"));
        int[] read = new int[ids.length];
        read[0] = 1;
        System.arraycopy(ids, 0, read, 1, ids.length - 1);
        double sum = 0;
        try (Generator generator = loader.loadGenerator(Reference.files(STORIES, Map.of()), settings(type, 0, 512))) {
            float[] scores = scores(generator, read, 50);
            int vocabulary = generator.vocabulary();
            for (int i = 0; i < ids.length; i++) {
                double all = 0;
                for (int id = 0; id < vocabulary; id++) {
                    all += Math.exp(scores[i * vocabulary + id] - scores[i * vocabulary + ids[i]]);
                }
                sum += Math.log(all);
            }
        }
        return Math.exp(sum / ids.length);
    }
}
