package org.candor.transformer.internal;

import static org.candor.transformer.internal.Reference.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.Embeddings;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.TextEncoder;
import org.candor.compute.cpu.internal.CpuBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The encoder as its users see it, on the tiny reference BERT (64 positions, 256 ids, 48 dimensions). */
class TextEncoderTest {

    private static final EncoderSettings MEAN = new EncoderSettings(Pooling.MEAN, true, 64, "query: ", WeightType.F32);
    private static final EncoderSettings FIRST = new EncoderSettings(Pooling.FIRST, false, 64, "", WeightType.F32);

    private static CpuBackend backend;

    @BeforeAll
    static void openBackend() {
        backend = Reference.cpu();
    }

    @AfterAll
    static void closeBackend() {
        backend.close();
    }

    static TransformerLoader loader(int passTokens, int concurrentPasses) {
        return new TransformerLoader(backend, new WordTokenizer(256), config(passTokens, concurrentPasses));
    }

    static TransformerLoader.Config config(int passTokens, int concurrentPasses) {
        return Configurations.of(
                TransformerLoader.Config.class, Map.of("passTokens", passTokens, "concurrentPasses", concurrentPasses));
    }

    static ModelFiles bert() {
        // The fake tokenizer reads nothing; the file only has to be there.
        return Reference.files(Reference.resource("bert"), Map.of("tokenizer.json", "config.json"));
    }

    private static TextEncoder encoder(EncoderSettings settings) throws IOException {
        return loader(64, 3).loadEncoder(bert(), settings);
    }

    @Test
    void meanPooledVectorsEqualTheReference() throws IOException {
        Path folder = Reference.resource("bert");
        try (Arena arena = Arena.ofConfined();
                TextEncoder encoder = encoder(MEAN)) {
            Reference reference = Reference.read(folder, arena);
            int compared = 0;
            for (Reference.Case one : reference.cases()) {
                if (one.inputs().containsKey("token_type_ids")) {
                    continue;
                }
                List<int[]> ids = new ArrayList<>();
                for (int i = 0; i < one.sequences().size(); i++) {
                    ids.add(java.util.Arrays.copyOf(one.sequences().get(i).ids(), one.length(i)));
                }
                Embeddings embeddings = encoder.embedTokens(ids);
                float[] expected = reference.values(Reference.output(one, "mean_pooled_normalised", 0));
                for (int i = 0; i < ids.size(); i++) {
                    assertClose(one.name(), expected, i * 48, embeddings.vectors()[i]);
                    compared++;
                }
            }
            assertEquals(3, compared);
        }
    }

    @Test
    void theTextIsTokenizedAndItsTokensAreCounted() throws IOException {
        try (TextEncoder encoder = encoder(MEAN)) {
            Embeddings texts = encoder.embed(List.of("17 42", " "));
            Embeddings tokens = encoder.embedTokens(List.of(new int[] {1, 17, 42, 2}, new int[] {1, 2}));
            assertArrayEquals(tokens.vectors()[0], texts.vectors()[0]);
            assertArrayEquals(tokens.vectors()[1], texts.vectors()[1]);
            assertArrayEquals(new int[] {4, 2}, texts.tokens());
            assertEquals(6, texts.totalTokens());
            assertTrue(texts.busyNanos() > 0);
            assertEquals(48, encoder.dimensions());
            assertEquals(64, encoder.maxTokens());
            assertEquals("query: ", encoder.queryPrefix());
        }
    }

    @Test
    void aTextAboveTheLimitIsCutAndSaidToBe() throws IOException {
        EncoderSettings short8 = new EncoderSettings(Pooling.FIRST, true, 8, "", WeightType.F32);
        try (TextEncoder encoder = loader(64, 1).loadEncoder(bert(), short8)) {
            Embeddings embeddings = encoder.embed(List.of("3 4 5 6 7 8", "3 4 5 6 7 8 9"));
            assertArrayEquals(new boolean[] {false, true}, embeddings.truncated());
            assertArrayEquals(new int[] {8, 8}, embeddings.tokens());
            assertArrayEquals(embeddings.vectors()[0], embeddings.vectors()[1]);
        }
    }

    @Test
    void vectorsOfNormalizedEncodersHaveLengthOne() throws IOException {
        try (TextEncoder encoder = encoder(MEAN)) {
            for (float[] vector : encoder.embed(List.of("5 6 7", "200")).vectors()) {
                double sum = 0;
                for (float v : vector) {
                    sum += v * v;
                }
                assertEquals(1, sum, 1e-5);
            }
        }
    }

    @Test
    void aVectorDoesNotDependOnTheOtherTextsOrTheirOrder() throws IOException {
        List<int[]> sequences = randomSequences(40, new Random(7));
        for (EncoderSettings settings : List.of(MEAN, FIRST)) {
            try (TextEncoder encoder = encoder(settings)) {
                float[][] together = encoder.embedTokens(sequences).vectors();
                float[][] reversed = encoder.embedTokens(sequences.reversed()).vectors();
                for (int i = 0; i < sequences.size(); i++) {
                    float[] alone =
                            encoder.embedTokens(List.of(sequences.get(i))).vectors()[0];
                    assertArrayEquals(alone, together[i], settings + " sequence " + i);
                    assertArrayEquals(alone, reversed[sequences.size() - 1 - i], settings + " reversed " + i);
                }
            }
        }
    }

    @Test
    void manyThreadsGetTheVectorsThatOneGets() throws Exception {
        try (TextEncoder encoder = encoder(FIRST);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<List<int[]>> requests = new ArrayList<>();
            List<float[][]> expected = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                requests.add(randomSequences(1 + i % 7, new Random(i)));
                expected.add(encoder.embedTokens(requests.getLast()).vectors());
            }
            List<Future<float[][]>> answers = requests.stream()
                    .map(request ->
                            threads.submit(() -> encoder.embedTokens(request).vectors()))
                    .toList();
            for (int i = 0; i < answers.size(); i++) {
                assertArrayEquals(expected.get(i), answers.get(i).get());
            }
        }
    }

    @Test
    void buffersAreReusedAndNotGrownByEachRequest() throws IOException {
        try (TextEncoder encoder = encoder(FIRST)) {
            encoder.embed(List.of("5 6 7 8"));
            long bytes = encoder.bytes();
            for (int i = 0; i < 20; i++) {
                encoder.embed(List.of("5 6 7 8"));
            }
            assertEquals(bytes, encoder.bytes());
            assertTrue(bytes > 300_000, "the weights alone are 300 kB, not " + bytes);
        }
    }

    @Test
    void tokensOutsideTheVocabularyAreNamed() throws IOException {
        try (TextEncoder encoder = encoder(MEAN)) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> encoder.embedTokens(List.of(new int[] {1, 256})))
                    .getMessage();
            assertTrue(message.contains("256"), message);
            assertThrows(IllegalArgumentException.class, () -> encoder.embedTokens(List.of(new int[0])));
            assertThrows(IllegalArgumentException.class, () -> encoder.embedTokens(List.of()));
            assertEquals(1, encoder.embedTokens(List.of(new int[] {255})).vectors().length);
        }
    }

    @Test
    void aClosedEncoderRefuses() throws IOException {
        TextEncoder encoder = encoder(MEAN);
        encoder.close();
        encoder.close();
        assertThrows(IllegalStateException.class, () -> encoder.embed(List.of("5")));
    }

    private static List<int[]> randomSequences(int count, Random random) {
        List<int[]> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(random.ints(1 + random.nextInt(64), 0, 256).toArray());
        }
        return sequences;
    }
}
