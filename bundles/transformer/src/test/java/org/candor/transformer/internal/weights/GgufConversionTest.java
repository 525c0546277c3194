package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.json.StrictJson;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reference models turned into GGUF come back as they were. */
class GgufConversionTest {

    /** Keys of a config.json that no arithmetic depends on, or that say again what another key says. */
    private static final Set<String> WITHOUT_MEANING = Set.of(
            "_sliding_window_pattern",
            "sliding_window_pattern",
            "add_cross_attention",
            "architectures",
            "attention_dropout",
            "attn_pdrop",
            "bos_token_id",
            "dtype",
            "embd_pdrop",
            "eos_token_id",
            "initializer_range",
            "max_window_layers",
            "output_router_logits",
            "pad_token_id",
            "pretraining_tp",
            "reorder_and_upcast_attn",
            "resid_pdrop",
            "router_aux_loss_coef",
            "router_jitter_noise",
            "scale_attn_by_inverse_layer_idx",
            "scale_attn_weights",
            "summary_activation",
            "summary_first_dropout",
            "summary_proj_to_labels",
            "summary_type",
            "summary_use_proj",
            "transformers_version",
            "use_bidirectional_attention",
            "use_cache",
            "use_sliding_window");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-gqa",
                "llama-mha",
                "llama-sharded",
                "llama-linear-rope",
                "llama-yarn",
                "llama3-rope",
                "mistral-sliding",
                "mixtral",
                "qwen2",
                "qwen3",
                "qwen3-moe",
                "gemma2",
                "gemma3-text",
                "phi3",
                "phi3-longrope",
                "phi3-partial-rope",
                "gpt2"
            })
    void aModelComesBackFromGgufAsItWas(String name, @TempDir Path folder) throws IOException {
        Path model = Reference.shared().resolve("models").resolve(name);
        assumeTrue(Files.isDirectory(model), "the shared reference models are not there");
        Map<String, Object> config = StrictJson.object(model.resolve("config.json"));
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoint.open(Reference.files(model, Map.of()))) {
            Map<String, StoredTensor> tensors = new TreeMap<>();
            original.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
            new GgufConversion(config).convert(tensors).write(file);
            try (Checkpoint read = Checkpoint.open(Reference.files(Map.of("model.gguf", file)))) {
                assertEquals(tensors.keySet(), new java.util.TreeSet<>(read.names()));
                for (StoredTensor tensor : read.tensors()) {
                    compare(tensors.get(tensor.name()), tensor);
                }
                assertEquals(Set.of(), read.unreadKeys());
                compare(config, read.configuration());
            }
        }
    }

    private static void compare(StoredTensor expected, StoredTensor actual) {
        assertArrayEquals(expected.shape(), actual.shape(), actual.name());
        float[] was = new float[(int) expected.size()];
        float[] is = new float[was.length];
        expected.copy(0, was, was.length);
        actual.copy(0, is, is.length);
        // One more than a weight below 3 has an error of at most half of 2^-22; taking one away again is exact.
        assertArrayEquals(was, is, actual.arrangement().shift() == 0 ? 0 : 0x1p-23f, actual.name());
    }

    private static void compare(Map<String, Object> expected, Map<String, Object> actual) {
        for (Map.Entry<String, Object> entry : expected.entrySet()) {
            String key = entry.getKey();
            if (key.equals("rope_parameters")) {
                rope(expected, entry.getValue(), actual.get(key));
            } else if (key.equals("layer_types") && !actual.containsKey(key)) {
                assertTrue(((List<?>) entry.getValue()).stream().allMatch("full_attention"::equals));
            } else if (entry.getValue() != null && !WITHOUT_MEANING.contains(key)) {
                same(key, entry.getValue(), actual.get(key));
            } else if (actual.get(key) != null && entry.getValue() == null) {
                // Left out where it follows from others.
                assertTrue(Set.of("n_inner", "head_dim").contains(key), key + " is " + actual.get(key));
            }
        }
    }

    private static void same(String key, Object expected, Object actual) {
        if (expected instanceof Number number && actual instanceof Number other) {
            double tolerance = key.equals("query_pre_attn_scalar") ? 1e-12 : 0;
            assertEquals(number.doubleValue(), other.doubleValue(), tolerance * number.doubleValue(), key);
        } else if (expected instanceof List<?> list && actual instanceof List<?> others) {
            assertEquals(list.size(), others.size(), key);
            for (int i = 0; i < list.size(); i++) {
                same(key, list.get(i), others.get(i));
            }
        } else {
            assertEquals(expected, actual, key);
        }
    }

    @SuppressWarnings("unchecked")
    private static void rope(Map<String, Object> config, Object was, Object is) {
        Map<String, Object> expected = new TreeMap<>((Map<String, Object>) was);
        Map<String, Object> actual = (Map<String, Object>) is;
        if (expected.get("rope_type") instanceof String type && type.equals("llama3")) {
            float[] factors = GgufConversion.llama3(expected, ((Long) config.get("head_dim")).intValue());
            assertEquals("longrope", actual.get("rope_type"));
            for (int i = 0; i < factors.length; i++) {
                assertEquals(
                        factors[i],
                        ((List<Double>) actual.get("long_factor")).get(i).floatValue());
                assertEquals(
                        factors[i],
                        ((List<Double>) actual.get("short_factor")).get(i).floatValue());
            }
            assertEquals(expected.get("rope_theta"), actual.get("rope_theta"));
            return;
        }
        if (Double.valueOf(1).equals(expected.get("partial_rotary_factor"))) {
            expected.remove("partial_rotary_factor");
        }
        expected.forEach((key, value) -> {
            if (value instanceof Map<?, ?>) {
                rope(config, value, actual.get(key));
            } else {
                same(key, value, actual.get(key));
            }
        });
    }
}
