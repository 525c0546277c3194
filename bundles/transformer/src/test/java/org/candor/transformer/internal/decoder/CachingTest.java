package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.candor.api.compute.BackendException;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.decoder.DecoderModel.Part;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A token's scores have the same bytes, however the text before it came into the cache. */
class CachingTest {

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
        return ReferenceDecodersTest.CAUSAL.stream();
    }

    private static DecoderModel load(String model) throws IOException {
        return DecoderLoader.load(
                        Reference.files(DecoderReference.folder(model), Map.of()), backend, WeightType.F32, 128)
                .model();
    }

    private static float[] scores(DecoderModel model, Part... parts) {
        return ReferenceDecodersTest.logits(model, List.of(parts), Stack.Observer.NONE);
    }

    private static int[] text(Random random, int length) {
        return random.ints(length, 0, 250).toArray();
    }

    @ParameterizedTest
    @MethodSource("models")
    void aTextReadInPartsGivesTheBytesOfOneReadAtOnce(String name) throws IOException {
        Random random = new Random(name.hashCode());
        int[] text = text(random, 61);
        try (DecoderModel model = load(name)) {
            int vocabulary = model.configuration().vocabulary();
            float[] whole;
            try (KeyValueCache cache = model.cache(4, 16)) {
                whole = scores(model, new Part(cache.open(), text, 61, 61, null));
            }
            for (int[] borders : new int[][] {{16, 32, 48, 61}, {1, 2, 31, 32, 33, 60, 61}, {60, 61}, {37, 61}}) {
                for (int blockSize : new int[] {1, 5, 16}) {
                    try (KeyValueCache cache = model.cache(3 * 64 / blockSize + 3, blockSize)) {
                        assertArrayEquals(
                                whole,
                                inParts(model, cache, random, text, borders),
                                name + " in parts " + Arrays.toString(borders) + ", blocks of " + blockSize);
                    }
                }
            }
            assertEquals(61 * vocabulary, whole.length);
        }
    }

    /** All scores of a text read part by part, among other texts that take blocks in between. */
    private static float[] inParts(DecoderModel model, KeyValueCache cache, Random random, int[] text, int[] borders) {
        CachedSequence sequence = cache.open();
        CachedSequence other = cache.open();
        int vocabulary = model.configuration().vocabulary();
        float[] all = new float[text.length * vocabulary];
        int from = 0;
        for (int to : borders) {
            Part part = new Part(sequence, Arrays.copyOfRange(text, from, to), text.length, to - from, null);
            // The other text stays short, so that no rope of its own makes the difference.
            int[] more = text(random, 1 + random.nextInt(3));
            boolean before = random.nextBoolean();
            Part beside = new Part(other, more, other.length() + more.length, before ? 1 : 0, null);
            float[] scores = before ? scores(model, beside, part) : scores(model, part, beside);
            System.arraycopy(scores, before ? vocabulary : 0, all, from * vocabulary, (to - from) * vocabulary);
            from = to;
        }
        return all;
    }

    @Test
    void aForkSharesBlocksUntilItGrows() throws IOException {
        int[] text = text(new Random(1), 18);
        try (DecoderModel model = load("llama-gqa");
                KeyValueCache cache = model.cache(6, 4)) {
            CachedSequence one = cache.open();
            scores(model, Part.of(one, text));
            assertEquals(1, cache.freeBlocks());
            CachedSequence other = one.fork();
            assertEquals(1, cache.freeBlocks());
            assertEquals(1, other.blocksFor(1));
            // Each writes its own next token into a block that both had.
            float[] a = scores(model, Part.of(other, 7));
            assertEquals(0, cache.freeBlocks());
            assertEquals(0, one.blocksFor(1));
            float[] b = scores(model, Part.of(one, 9));
            assertFalse(Arrays.equals(a, b));
            other.truncate(18);
            assertArrayEquals(a, scores(model, Part.of(other, 7)));
            one.close();
            assertEquals(1, cache.freeBlocks());
            other.close();
            assertEquals(6, cache.freeBlocks());
            assertThrows(IllegalStateException.class, () -> scores(model, Part.of(other, 7)));
        }
    }

    @Test
    void whenNoBlockIsFreeNothingChangesAndReadingGoesOnAfterwards() throws IOException {
        int[] text = text(new Random(2), 9);
        try (DecoderModel model = load("llama-gqa");
                KeyValueCache cache = model.cache(3, 4);
                KeyValueCache roomy = model.cache(9, 4)) {
            CachedSequence hoarder = cache.open();
            CachedSequence one = cache.open();
            scores(model, Part.of(hoarder, 1, 2, 3, 4, 5));
            scores(model, Part.of(one, Arrays.copyOf(text, 4)));
            int[] rest = Arrays.copyOfRange(text, 4, 9);
            BackendException e = assertThrows(BackendException.class, () -> scores(model, Part.of(one, rest)));
            assertTrue(e.getMessage().contains("all 3 blocks of 4 tokens"), e.getMessage());
            assertEquals(4, one.length());
            hoarder.close();
            assertArrayEquals(scores(model, Part.of(roomy.open(), text)), scores(model, Part.of(one, rest)));
        }
    }

    @Test
    void keysTurnedForAShorterTextAreRefusedWhereTheyWouldBeWrong() throws IOException {
        int[] text = text(new Random(3), 33);
        try (DecoderModel model = load("phi3-longrope");
                KeyValueCache cache = model.cache(9, 4)) {
            CachedSequence one = cache.open();
            scores(model, Part.of(one, Arrays.copyOf(text, 32)));
            assertTrue(model.stale(one, 33));
            assertFalse(model.stale(one, 32));
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> scores(model, Part.of(one, text[32])));
            assertTrue(e.getMessage().contains("32") && e.getMessage().contains("33"), e.getMessage());
            one.truncate(0);
            assertEquals(model.configuration().vocabulary(), scores(model, Part.of(one, text)).length);
        }
    }

    @Test
    void whatDoesNotFitTheModelIsRefused() throws IOException {
        try (DecoderModel model = load("gpt2");
                KeyValueCache cache = model.cache(50, 4);
                KeyValueCache second = model.cache(1, 4)) {
            CachedSequence one = cache.open();
            assertRefused("257", model, Part.of(one, 0, 257));
            assertRefused("-1", model, Part.of(one, -1));
            assertRefused("at least one", model, Part.of(one));
            assertRefused("129", model, Part.of(one, new int[129]));
            assertRefused("totalLength 1", model, new Part(one, new int[] {1, 2}, 1, 1, null));
            assertRefused("3 of 2", model, new Part(one, new int[] {1, 2}, 2, 3, null));
            assertRefused("no encoder", model, Part.of(one, 1).after(one));
            assertRefused("twice", model, Part.of(one, 1), Part.of(one, 2));
            assertRefused("at least one sequence", model);
            assertRefused("different caches", model, Part.of(one, 1), Part.of(second.open(), 1));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> model.encode(cache, List.of(new int[] {1}), Stack.Observer.NONE));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> model.forward(List.of(Part.of(one, 1)), new float[256], Stack.Observer.NONE));
            assertEquals(0, one.length());
            assertEquals(50, cache.freeBlocks());
        }
    }

    private static void assertRefused(String reason, DecoderModel model, Part... parts) {
        String message = assertThrows(IllegalArgumentException.class, () -> scores(model, parts))
                .getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void aBatchOfManyGivesEachWhatItGetsAlone() throws IOException {
        Random random = new Random(4);
        for (String name : List.of("mixtral", "gemma2", "qwen3")) {
            try (DecoderModel model = load(name);
                    KeyValueCache cache = model.cache(200, 4)) {
                List<Part> parts = new ArrayList<>();
                List<int[]> texts = new ArrayList<>();
                for (int i = 0; i < 9; i++) {
                    texts.add(text(random, 1 + random.nextInt(40)));
                    parts.add(Part.of(cache.open(), texts.get(i)));
                }
                float[] together = scores(model, parts.toArray(Part[]::new));
                int vocabulary = model.configuration().vocabulary();
                for (int i = 0; i < 9; i++) {
                    float[] alone = scores(model, Part.of(cache.open(), texts.get(i)));
                    assertArrayEquals(
                            alone,
                            Arrays.copyOfRange(together, i * vocabulary, (i + 1) * vocabulary),
                            name + " text " + i);
                }
            }
        }
    }
}
