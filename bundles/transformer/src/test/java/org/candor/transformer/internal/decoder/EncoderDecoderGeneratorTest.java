package org.candor.transformer.internal.decoder;

import static org.candor.transformer.internal.Reference.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.compute.BackendException;
import org.candor.api.compute.WeightType;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.GeneratorSettings;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TransformerLoader;
import org.candor.transformer.internal.decoder.DecoderReference.Case;
import org.candor.transformer.internal.generate.BeamSearch;
import org.candor.transformer.internal.generate.Branches;
import org.candor.transformer.internal.json.StrictJson;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an engine in another bundle does with a model that reads with an encoder, against transformers 5.23. */
class EncoderDecoderGeneratorTest {

    private static final GeneratorSettings SETTINGS = new GeneratorSettings(WeightType.F32, 128, 480, 8);
    private static final int BLOCKS = 60;

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
        return ReferenceDecodersTest.WITH_ENCODER;
    }

    private static Generator load(String model, GeneratorSettings settings) throws IOException {
        return loader.loadGenerator(Reference.files(DecoderReference.folder(model), Map.of()), settings);
    }

    private static float[] scores(Generator generator, CachedText text, int... ids) {
        float[] scores = new float[ids.length * generator.vocabulary()];
        generator.forward(List.of(new Step(text, ids, text.length() + ids.length, ids.length)), scores);
        return scores;
    }

    /** Every row of a batch is a text of its own here; the reference pads them. */
    @ParameterizedTest
    @MethodSource("models")
    void everyLogitEqualsTheReference(String name) throws IOException {
        try (Arena arena = Arena.ofConfined();
                Generator generator = load(name, SETTINGS)) {
            DecoderReference reference = DecoderReference.read(DecoderReference.folder(name), arena);
            int compared = 0;
            for (Case one : reference.cases()) {
                List<Step> steps = new ArrayList<>();
                for (int i = 0; i < one.rows().size(); i++) {
                    int[] ids = one.decoderRows().get(i);
                    steps.add(new Step(generator.open(one.rows().get(i)), ids, ids.length, ids.length));
                }
                float[] expected = reference.values(one.output("logits", 0));
                float[] together = new float[expected.length];
                generator.forward(steps, together);
                assertClose(one.name(), expected, 0, together);
                int at = 0;
                for (int i = 0; i < steps.size(); i++) {
                    steps.get(i).text().close();
                    try (CachedText text = generator.open(one.rows().get(i))) {
                        float[] alone = scores(generator, text, steps.get(i).ids());
                        assertArrayEquals(
                                alone, Arrays.copyOfRange(together, at, at + alone.length), one.name() + " alone");
                        at += alone.length;
                    }
                }
                compared++;
            }
            assertTrue(compared >= 3);
            assertEquals(BLOCKS, generator.freeBlocks());
        }
    }

    /** Branches that forks of texts hold: what the encoder read is shared by all. */
    private static final class Forks implements Branches {
        private final Generator generator;
        private List<CachedText> texts = new ArrayList<>();

        Forks(Generator generator, int[] input) {
            this.generator = generator;
            texts.add(generator.open(input));
        }

        @Override
        public float[] first() {
            return scores(generator, texts.getFirst(), generator.decoderStart());
        }

        @Override
        public float[][] advance(int[] parents, int[] tokens) {
            List<CachedText> next = new ArrayList<>();
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < parents.length; i++) {
                CachedText text = texts.get(parents[i]).fork();
                next.add(text);
                steps.add(new Step(text, new int[] {tokens[i]}, text.length() + 1, true));
            }
            close();
            texts = next;
            int vocabulary = generator.vocabulary();
            float[] scores = new float[parents.length * vocabulary];
            generator.forward(steps, scores);
            float[][] rows = new float[parents.length][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = Arrays.copyOfRange(scores, i * vocabulary, (i + 1) * vocabulary);
            }
            return rows;
        }

        @Override
        public void close() {
            texts.forEach(CachedText::close);
            texts = new ArrayList<>();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void beamsAreTheReferences(String name) throws IOException {
        try (Generator generator = load(name, SETTINGS)) {
            int runs = 0;
            for (Object value :
                    (List<?>) StrictJson.object(DecoderReference.folder(name).resolve("beam.json"))
                            .get("cases")) {
                Map<?, ?> one = (Map<?, ?>) value;
                for (Object each : (List<?>) one.get("runs")) {
                    Map<?, ?> run = (Map<?, ?>) each;
                    List<BeamSearch.Hypothesis> found;
                    try (Forks forks = new Forks(generator, DecoderReference.ints(one.get("prompt")))) {
                        found = search(one, run).run(forks);
                    }
                    List<?> sequences = (List<?>) run.get("sequences");
                    assertEquals(sequences.size(), found.size());
                    for (int i = 0; i < found.size(); i++) {
                        assertArrayEquals(
                                DecoderReference.ints(sequences.get(i)),
                                found.get(i).tokens(),
                                one.get("name") + " " + i);
                    }
                    runs++;
                }
            }
            assertTrue(runs >= 8);
            assertEquals(BLOCKS, generator.freeBlocks());
        }
    }

    private static BeamSearch search(Map<?, ?> one, Map<?, ?> run) {
        return new BeamSearch(
                ((Long) one.get("num_beams")).intValue(),
                ((Number) run.get("length_penalty")).doubleValue(),
                switch (run.get("early_stopping")) {
                    case Boolean early -> early ? BeamSearch.Stopping.EARLY : BeamSearch.Stopping.HEURISTIC;
                    case Object never -> BeamSearch.Stopping.EXHAUSTIVE;
                },
                ((Long) one.get("max_new_tokens")).intValue(),
                Set.of(((Long) one.get("eos_token_id")).intValue()));
    }

    @Test
    void anInputTakesBlocksThatForksShareAndTheLastOneGivesBack() throws IOException {
        try (Generator generator = load("t5-gated", SETTINGS)) {
            CachedText text = generator.open(new int[17]);
            assertEquals(BLOCKS - 3, generator.freeBlocks());
            assertEquals(0, text.length());
            assertEquals(1, text.blocksFor(8));
            float[] before = scores(generator, text, 0, 7, 9);
            assertEquals(BLOCKS - 4, generator.freeBlocks());
            CachedText fork = text.fork();
            text.close();
            assertEquals(BLOCKS - 4, generator.freeBlocks());
            fork.truncate(0);
            assertEquals(BLOCKS - 3, generator.freeBlocks());
            assertArrayEquals(before, scores(generator, fork, 0, 7, 9));
            fork.close();
            fork.close();
            assertEquals(BLOCKS, generator.freeBlocks());
        }
    }

    @Test
    void whatDoesNotFitIsRefusedAndTakesNothing() throws IOException {
        try (Generator generator = load("t5-gated", SETTINGS)) {
            assertEquals(0, generator.decoderStart());
            assertEquals(Set.of(174), generator.endTokens());
            assertThrows(UnsupportedOperationException.class, generator::open);
            assertThrows(IllegalArgumentException.class, () -> generator.open(new int[0]));
            assertThrows(IllegalArgumentException.class, () -> generator.open(new int[] {288}));
            String message = assertThrows(IllegalArgumentException.class, () -> generator.open(new int[129]))
                    .getMessage();
            assertTrue(message.contains("129") && message.contains("128"), message);
            CachedText[] held = {
                generator.open(new int[128]), generator.open(new int[128]), generator.open(new int[128])
            };
            assertThrows(BackendException.class, () -> generator.open(new int[128]));
            assertEquals(BLOCKS - 48, generator.freeBlocks());
            for (CachedText text : held) {
                text.close();
            }
            generator.close();
            assertThrows(IllegalStateException.class, () -> generator.open(new int[] {1}));
        }
    }

    /** An encoder reads its input in one pass, whose buffers are there before the first text. */
    @Test
    void theLongestInputNeedsNoMoreMemoryThanWasHeldBefore() throws IOException {
        try (Generator generator = load("t5-relu", SETTINGS)) {
            long before = generator.bytes();
            generator.open(new int[128]).close();
            assertEquals(before, generator.bytes());
        }
    }
}
