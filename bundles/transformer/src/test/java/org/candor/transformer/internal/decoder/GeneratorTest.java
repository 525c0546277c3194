package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.candor.api.compute.WeightType;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFormatException;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TransformerLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an engine in another bundle does with a model. */
class GeneratorTest {

    private static final GeneratorSettings SETTINGS = new GeneratorSettings(WeightType.F32, 128, 480, 8);

    private static CpuBackend backend;
    private static GeneratorLoader loader;

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
        return Stream.concat(ReferenceDecodersTest.CAUSAL.stream(), ReferenceDecodersTest.WITH_ENCODER.stream())
                .toList();
    }

    private static Generator load(String model, GeneratorSettings settings) throws IOException {
        return loader.loadGenerator(Reference.files(DecoderReference.folder(model), Map.of()), settings);
    }

    /** A text after this prompt, and what its decoder reads first: the prompt, or after an encoder the start token. */
    private static Writing open(Generator generator, int[] prompt, int[] expected) {
        return generator.decoderStart() < 0
                ? new Writing(generator.open(), prompt, expected)
                : new Writing(generator.open(prompt), new int[] {generator.decoderStart()}, expected);
    }

    /** A text that an engine writes. */
    private static final class Writing {
        private final CachedText text;
        private final int[] expected;
        private int[] tokens;

        Writing(CachedText text, int[] tokens, int[] expected) {
            this.text = text;
            this.tokens = tokens;
            this.expected = expected;
        }
    }

    /** Headers alone tell what a model will hold: not less than it does, and at most a third more with small tables. */
    @ParameterizedTest
    @MethodSource("models")
    void whatItWillHoldIsKnownBeforeItIsLoaded(String name) throws IOException {
        Path folder = DecoderReference.folder(name);
        for (int cache : new int[] {480, 48_000}) {
            GeneratorSettings settings = new GeneratorSettings(WeightType.F32, 128, cache, 8);
            long expected = loader.bytes(Reference.files(folder, Map.of()), settings);
            try (Generator generator = load(name, settings)) {
                long held = generator.bytes();
                assertTrue(
                        held <= expected * 1.1 && expected <= held * 1.35,
                        name + " holds " + held + ", and " + expected + " were expected");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void textsThatAreWrittenTogetherAreThoseOfTheReference(String name) throws IOException {
        Path folder = DecoderReference.folder(name);
        try (Arena arena = Arena.ofConfined();
                Generator generator = load(name, SETTINGS)) {
            List<Writing> all = new ArrayList<>();
            for (DecoderReference.Greedy greedy :
                    DecoderReference.read(folder, arena).greedy()) {
                Writing writing = open(generator, greedy.prompt(), greedy.continuation());
                // Prompts are read five tokens at a time, the last ones with the first step.
                while (writing.tokens.length - writing.text.length() > 5) {
                    int[] ids = Arrays.copyOfRange(writing.tokens, writing.text.length(), writing.text.length() + 5);
                    generator.forward(List.of(new Step(writing.text, ids, writing.tokens.length, false)), new float[0]);
                }
                all.add(writing);
            }
            int most = all.stream().mapToInt(one -> one.expected.length).max().orElseThrow();
            float[] scores = new float[all.size() * generator.vocabulary()];
            for (int n = 0; n < most; n++) {
                List<Writing> going = new ArrayList<>();
                List<Step> steps = new ArrayList<>();
                for (Writing one : all) {
                    if (n < one.expected.length) {
                        if (one.text.stale(one.tokens.length)) {
                            one.text.truncate(0);
                        }
                        int[] unread = Arrays.copyOfRange(one.tokens, one.text.length(), one.tokens.length);
                        steps.add(new Step(one.text, unread, one.tokens.length, true));
                        going.add(one);
                    }
                }
                generator.forward(steps, scores);
                for (int i = 0; i < going.size(); i++) {
                    Writing one = going.get(i);
                    int best = 0;
                    for (int id = 1; id < generator.vocabulary(); id++) {
                        int at = i * generator.vocabulary();
                        best = scores[at + id] > scores[at + best] ? id : best;
                    }
                    one.tokens = Arrays.copyOf(one.tokens, one.tokens.length + 1);
                    one.tokens[one.tokens.length - 1] = best;
                }
            }
            for (Writing one : all) {
                int prompt = one.tokens.length - one.expected.length;
                assertArrayEquals(one.expected, Arrays.copyOfRange(one.tokens, prompt, one.tokens.length), name);
                one.text.close();
            }
            assertEquals(60, generator.freeBlocks());
            assertTrue(generator.busyNanos() > 0);
        }
    }

    /** Several scored tokens of one text give the bytes that they give one after the other: what speculation rests on. */
    @ParameterizedTest
    @MethodSource("models")
    void scoresAfterEachOfSeveralTokensAreThoseOfOneAfterTheOther(String name) throws IOException {
        for (WeightType type : WeightType.values()) {
            try (Generator generator = load(name, new GeneratorSettings(type, 128, 480, 8))) {
                int[] ids = new Random(3).ints(40, 0, generator.vocabulary()).toArray();
                for (int prompt : new int[] {1, 9, 30}) {
                    if (!generator.indifferent(prompt + 1, prompt + 8)) {
                        continue;
                    }
                    float[] apart = scores(generator, ids, prompt, 1);
                    assertArrayEquals(apart, scores(generator, ids, prompt, 6), name + " " + type);
                    assertArrayEquals(apart, scores(generator, ids, prompt, 3), name + " " + type);
                }
            }
        }
    }

    /** Scores after each of six tokens that are read so many at a time. */
    private static float[] scores(Generator generator, int[] ids, int prompt, int together) {
        float[] all = new float[6 * generator.vocabulary()];
        float[] some = new float[together * generator.vocabulary()];
        try (CachedText text = open(generator, new int[] {3, 1, 4, 1, 5}, null).text) {
            generator.forward(List.of(new Step(text, Arrays.copyOf(ids, prompt), prompt + 1, false)), new float[0]);
            for (int from = prompt; from < prompt + 6; from += together) {
                int[] next = Arrays.copyOfRange(ids, from, from + together);
                generator.forward(List.of(new Step(text, next, from + together, together)), some);
                System.arraycopy(some, 0, all, (from - prompt) * generator.vocabulary(), some.length);
                // A guess that was wrong is forgotten, and its place is written again.
                generator.forward(
                        List.of(new Step(text, new int[] {0, 1}, from + together + 2, 2)),
                        new float[2 * generator.vocabulary()]);
                text.truncate(from + together);
            }
        }
        return all;
    }

    @Test
    void aTextThatStretchesItsEmbeddingIsNotIndifferentToItsLength() throws IOException {
        try (Generator plain = load("gpt2", SETTINGS)) {
            assertTrue(plain.indifferent(1, 128));
        }
        try (Generator stretching = load("llama-dynamic-rope", SETTINGS)) {
            assertFalse(stretching.indifferent(100, 101));
        }
    }

    @Test
    void aGeneratorSaysWhatItIs() throws IOException {
        try (Generator generator = load("gpt2", SETTINGS)) {
            assertEquals(257, generator.vocabulary());
            assertEquals(128, generator.maxTokens());
            assertEquals(Set.of(21), generator.endTokens());
            assertEquals(8, generator.blockTokens());
            assertEquals(-1, generator.decoderStart());
            assertThrows(UnsupportedOperationException.class, () -> generator.open(new int[] {1}));
            // Three layers of 480 keys and values of 32 numbers, and more than that for the weights.
            assertTrue(generator.bytes() > 3 * 480 * 2 * 32 * 4 + 200_000, generator.bytes() + "");
        }
        assertTrue(loader.generates().containsAll(Set.of("gpt2", "llama", "qwen3_moe", "gemma3_text", "phi3", "t5")));
        assertFalse(loader.generates().contains("bert"));
    }

    @Test
    void textsOfAnotherGeneratorAndOfAClosedOneAreRefused() throws IOException {
        try (Generator one = load("gpt2", SETTINGS);
                Generator other = load("gpt2", SETTINGS)) {
            CachedText text = one.open();
            List<Step> steps = List.of(new Step(text, new int[] {1}, 1, true));
            assertThrows(IllegalArgumentException.class, () -> other.forward(steps, new float[257]));
            one.forward(steps, new float[257]);
            one.close();
            one.close();
            assertThrows(IllegalStateException.class, () -> one.forward(steps, new float[257]));
            assertThrows(IllegalStateException.class, one::open);
            text.close();
        }
    }

    @Test
    void settingsThatDoNotFitAreRefused() {
        String message = assertThrows(
                        ModelFormatException.class,
                        () -> load("gpt2", new GeneratorSettings(WeightType.F32, 129, 480, 8)))
                .getMessage();
        assertTrue(message.contains("129"), message);
        assertThrows(IllegalArgumentException.class, () -> new GeneratorSettings(WeightType.F32, 1, 7, 8));
        assertThrows(IllegalArgumentException.class, () -> new GeneratorSettings(WeightType.F32, -1, 8, 8));
        assertThrows(IllegalArgumentException.class, () -> new GeneratorSettings(WeightType.F32, 1, 8, 0));
    }
}
