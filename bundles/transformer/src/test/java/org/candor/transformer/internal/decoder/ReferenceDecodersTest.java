package org.candor.transformer.internal.decoder;

import static org.candor.transformer.internal.Reference.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.decoder.DecoderModel.Part;
import org.candor.transformer.internal.decoder.DecoderReference.Case;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every output of every case of transformers 5.23, in both spellings of configuration and weights. */
class ReferenceDecodersTest {

    static final List<String> CAUSAL = List.of(
            "gpt2",
            "llama-mha",
            "llama-gqa",
            "llama3-rope",
            "llama-linear-rope",
            "llama-dynamic-rope",
            "llama-yarn",
            "llama-yarn-options",
            "mistral-sliding",
            "qwen2",
            "qwen3",
            "gemma2",
            "gemma3-text",
            "phi3",
            "phi3-partial-rope",
            "phi3-longrope",
            "mixtral",
            "qwen3-moe",
            "llama-sharded",
            "llama-bf16",
            "llama-fp16");

    static final List<String> WITH_ENCODER = List.of("t5-gated", "t5-relu");

    private static final Set<String> LEGACY_WEIGHTS = Set.of("gpt2", "llama-mha", "t5-gated", "t5-relu");

    private static CpuBackend backend;

    @BeforeAll
    static void openBackend() {
        backend = Reference.cpu();
    }

    @AfterAll
    static void closeBackend() {
        backend.close();
    }

    /** One folder in one spelling. */
    record Variant(String model, String config, String weights) {

        private static Stream<Variant> of(String model) {
            List<Variant> variants = new ArrayList<>();
            for (String config : List.of("config.json", "config.legacy.json")) {
                variants.add(new Variant(model, config, "model.safetensors"));
                if (LEGACY_WEIGHTS.contains(model)) {
                    variants.add(new Variant(model, config, "model.legacy.safetensors"));
                }
            }
            return variants.stream();
        }

        DecoderModel load() throws IOException {
            Path stored = DecoderReference.folder(model).resolve(weights);
            boolean sharded = model.equals("llama-sharded");
            Assumptions.assumeTrue(sharded || Files.exists(stored), "the shared reference is absent: " + stored);
            var files =
                    new HashMap<>(DecoderReference.files(model, config, weights).files());
            if (sharded) {
                files.remove("model.safetensors");
            }
            DecoderLoader.Loaded loaded = DecoderLoader.load(Reference.files(files), backend, WeightType.F32, 128);
            assertEquals(Set.of(), loaded.leftOver());
            return loaded.model();
        }
    }

    static Stream<Variant> causal() {
        return CAUSAL.stream().flatMap(Variant::of);
    }

    static Stream<Variant> withEncoder() {
        return WITH_ENCODER.stream().flatMap(Variant::of);
    }

    @ParameterizedTest
    @MethodSource("causal")
    void everyHiddenStateAndLogitEqualsTheReference(Variant variant) throws IOException {
        try (Arena arena = Arena.ofConfined();
                DecoderModel model = variant.load();
                KeyValueCache cache = model.cache(64, 4)) {
            DecoderReference reference = DecoderReference.read(DecoderReference.folder(variant.model()), arena);
            for (Case one : reference.cases()) {
                // In the reference the longest row decides about ropes that stretch.
                int longest =
                        one.rows().stream().mapToInt(row -> row.length).max().orElseThrow();
                List<Part> parts = new ArrayList<>();
                for (int[] row : one.rows()) {
                    parts.add(new Part(cache.open(), row, longest, row.length, null));
                }
                Recording recording = new Recording();
                float[] logits = logits(model, parts, recording);
                compare(
                        reference,
                        one,
                        "logits",
                        0,
                        rows(logits, model.configuration().vocabulary()));
                compareStates(reference, one, "hidden_states", recording);
                compare(reference, one, "last_layer_output", 0, recording.states.getLast());
                int mixtures = 0;
                for (int i = 0; i < recording.states.size(); i++) {
                    if (recording.router.containsKey(i)) {
                        compare(reference, one, "router_logits", mixtures++, recording.router.get(i));
                    }
                }
                assertEquals(one.has("router_logits"), mixtures > 0);
                parts.forEach(part -> part.sequence().close());
            }
            assertEquals(64, cache.freeBlocks());
            assertTrue(reference.cases().size() >= 4);
        }
    }

    @ParameterizedTest
    @MethodSource("withEncoder")
    void encoderAndDecoderEqualTheReference(Variant variant) throws IOException {
        try (Arena arena = Arena.ofConfined();
                DecoderModel model = variant.load();
                KeyValueCache cache = model.cache(64, 4);
                KeyValueCache encoded = model.cache(64, 4)) {
            DecoderReference reference = DecoderReference.read(DecoderReference.folder(variant.model()), arena);
            for (Case one : reference.cases()) {
                Recording reading = new Recording();
                List<CachedSequence> texts = model.encode(encoded, one.rows(), reading);
                compareStates(reference, one, "encoder_hidden_states", reading);
                compare(reference, one, "encoder_last_hidden_state", 0, reading.normed);
                Case writing = new Case(
                        one.name(),
                        one.decoderRows(),
                        null,
                        new int[one.rows().size()],
                        one.decoderRows().getFirst().length,
                        one.outputs());
                List<Part> parts = new ArrayList<>();
                for (int i = 0; i < texts.size(); i++) {
                    int[] row = writing.rows().get(i);
                    parts.add(new Part(cache.open(), row, row.length, row.length, texts.get(i)));
                }
                Recording recording = new Recording();
                float[] logits = logits(model, parts, recording);
                compare(
                        reference,
                        writing,
                        "logits",
                        0,
                        rows(logits, model.configuration().vocabulary()));
                compareStates(reference, writing, "decoder_hidden_states", recording);
                parts.forEach(part -> part.sequence().close());
                texts.forEach(CachedSequence::close);
            }
            assertEquals(64, cache.freeBlocks());
            assertEquals(64, encoded.freeBlocks());
        }
    }

    static float[] logits(DecoderModel model, List<Part> parts, Stack.Observer observer) {
        int wanted = parts.stream().mapToInt(Part::logits).sum();
        float[] logits = new float[wanted * model.configuration().vocabulary()];
        model.forward(parts, logits, observer);
        return logits;
    }

    private static void compareStates(DecoderReference reference, Case one, String output, Recording recording) {
        int last = recording.states.size() - 1;
        for (int i = 0; i < last; i++) {
            compare(reference, one, output, i, recording.states.get(i));
        }
        // The reference's last hidden state is the one behind the norm.
        compare(reference, one, output, last, recording.normed);
    }

    /** Compares what is no padding; expected is (batch, time, columns), actual one row for each token. */
    private static void compare(DecoderReference reference, Case one, String output, int i, float[][] actual) {
        float[] expected = reference.values(one.output(output, i));
        int row = 0;
        for (int b = 0; b < one.rows().size(); b++) {
            for (int t = 0; t < one.rows().get(b).length; t++) {
                int at = (b * one.time() + one.starts()[b] + t) * actual[row].length;
                assertClose(
                        one.name() + " " + output + " " + i + " row " + b + " token " + t, expected, at, actual[row]);
                row++;
            }
        }
        assertEquals(row, actual.length);
        assertEquals(one.rows().size() * one.time() * actual[0].length, expected.length);
    }

    private static float[][] rows(float[] flat, int columns) {
        float[][] rows = new float[flat.length / columns][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = java.util.Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
        }
        return rows;
    }

    /** Copies what is inside a pass. */
    private static final class Recording implements Stack.Observer {
        private final List<float[][]> states = new ArrayList<>();
        private final Map<Integer, float[][]> router = new HashMap<>();
        private float[][] normed;

        @Override
        public void hiddenStates(Ops ops, int i, Tensor x) {
            assertEquals(states.size(), i);
            states.add(read(ops, x));
        }

        @Override
        public void routerScores(Ops ops, int i, Tensor scores) {
            router.put(i, read(ops, scores));
        }

        @Override
        public void normed(Ops ops, Tensor x) {
            normed = read(ops, x);
        }

        private static float[][] read(Ops ops, Tensor x) {
            float[] flat = new float[x.rows() * x.columns()];
            ops.read(x, flat, 0);
            return rows(flat, x.columns());
        }
    }
}
