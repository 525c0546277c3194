package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFormatException;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.SmallDevice;
import org.candor.transformer.internal.decoder.DecoderModel.Part;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.SafetensorsWriter;
import org.candor.transformer.internal.weights.StoredTensor;
import org.candor.transformer.internal.weights.StoredType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are not as they should be, and folders that are, though they look otherwise. */
class DecoderLoadingTest {

    @TempDir
    private Path folder;

    private final Arena arena = Arena.ofAuto();
    private final Map<String, Path> files = new HashMap<>();
    private CpuBackend backend;

    @BeforeEach
    void openBackend() {
        backend = Reference.cpu();
    }

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    private Map<String, StoredTensor> start(String model) throws IOException {
        Path source = DecoderReference.folder(model);
        files.clear();
        for (String name : List.of("config.json", "generation_config.json", "model.safetensors")) {
            files.put(name, source.resolve(name));
        }
        return new LinkedHashMap<>(
                Safetensors.map(source.resolve("model.safetensors"), arena).tensors());
    }

    private void put(Map<String, StoredTensor> tensors) throws IOException {
        files.put("model.safetensors", SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors));
    }

    /** The model's config.json with a piece of its text replaced. */
    private void config(String model, String old, String replacement) throws IOException {
        String text = Files.readString(DecoderReference.folder(model).resolve("config.json"));
        assertTrue(text.contains(old), old);
        files.put("config.json", Files.writeString(folder.resolve("config.json"), text.replace(old, replacement)));
    }

    private DecoderLoader.Loaded load() throws IOException {
        return DecoderLoader.load(Reference.files(files), backend, WeightType.F32, 0);
    }

    private void assertRefused(String... parts) {
        String message = assertThrows(ModelFormatException.class, this::load).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    private float[] scores() throws IOException {
        try (DecoderModel model = load().model();
                KeyValueCache cache = model.cache(4, 4)) {
            return ReferenceDecodersTest.logits(
                    model, List.of(Part.of(cache.open(), 5, 9, 2, 200, 31)), Stack.Observer.NONE);
        }
    }

    @Test
    void missingTensorsAreNamedTogetherBeforeAnythingIsLoaded() throws IOException {
        Map<String, StoredTensor> tensors = start("llama-gqa");
        tensors.remove("model.layers.1.self_attn.k_proj.weight");
        tensors.remove("model.norm.weight");
        put(tensors);
        assertRefused(
                "model.safetensors", "missing tensors", "model.layers.1.self_attn.k_proj.weight", "model.norm.weight");
        tensors.remove("model.embed_tokens.weight");
        put(tensors);
        assertRefused("model.safetensors", "missing tensor model.embed_tokens.weight");
    }

    @Test
    void anUntiedModelNeedsItsOutputLayer() throws IOException {
        Map<String, StoredTensor> tensors = start("llama-gqa");
        tensors.remove("lm_head.weight");
        put(tensors);
        assertRefused("lm_head.weight");
    }

    @Test
    void aMissingExpertIsNamed() throws IOException {
        Map<String, StoredTensor> tensors = start("mixtral");
        tensors.remove("model.layers.0.block_sparse_moe.experts.3.w2.weight");
        put(tensors);
        assertRefused("model.layers.0.block_sparse_moe.experts.3.w2.weight");
    }

    @Test
    void aTensorOfTheWrongShapeIsNamedWithBothShapes() throws IOException {
        start("llama-gqa");
        config("llama-gqa", "\"intermediate_size\": 112", "\"intermediate_size\": 113");
        assertRefused("model.safetensors", "model.layers.0.mlp.gate_proj.weight", "[112, 64]", "[113, 64]");
        config("llama-gqa", "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 4");
        assertRefused("model.layers.0.self_attn.k_proj.weight", "[16, 64]", "[32, 64]");
        start("gpt2");
        config("gpt2", "\"n_inner\": null", "\"n_inner\": 127");
        assertRefused("transformer.h.0.mlp.c_fc.weight", "[32, 128]", "[32, 127]");
    }

    @Test
    void tensorsLeftOverAreNamedAndDoNotPreventLoading() throws IOException {
        Map<String, StoredTensor> tensors = start("llama-gqa");
        float[] expected = scores();
        tensors.put("model.layers.7.mlp.up_proj.weight", tensors.get("model.norm.weight"));
        tensors.put("model.layers.0.self_attn.rotary_emb.inv_freq", tensors.get("model.norm.weight"));
        put(tensors);
        DecoderLoader.Loaded loaded = load();
        assertEquals(Set.of("model.layers.7.mlp.up_proj.weight"), loaded.leftOver());
        loaded.model().close();
        assertArrayEquals(expected, scores());
    }

    @Test
    void aBareBodyIsFoundWithoutItsPrefix() throws IOException {
        Map<String, StoredTensor> tensors = start("qwen2");
        float[] expected = scores();
        Map<String, StoredTensor> bare = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> bare.put(name.replaceFirst("^model\\.", ""), tensor));
        put(bare);
        assertArrayEquals(expected, scores());
    }

    @Test
    void partsOfOneProductMayBeStoredInDifferentTypes() throws IOException {
        Map<String, StoredTensor> tensors = start("llama-bf16");
        float[] expected = scores();
        for (String part : List.of("q_proj", "v_proj")) {
            String name = "model.layers.0.self_attn." + part + ".weight";
            StoredTensor half = tensors.get(name);
            float[] values = new float[(int) (half.data().byteSize() / 2)];
            half.copy(0, values, values.length);
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
            tensors.put(name, new StoredTensor("test", name, StoredType.F32, half.shape(), data, false));
        }
        put(tensors);
        assertArrayEquals(expected, scores());
    }

    @Test
    void aStoredOutputLayerThatDiffersFromTheEmbeddingsCounts() throws IOException {
        Map<String, StoredTensor> tensors = start("qwen2");
        float[] tied = scores();
        tensors.put("lm_head.weight", tensors.get("model.embed_tokens.weight"));
        put(tensors);
        assertArrayEquals(tied, scores());
        StoredTensor embeddings = tensors.get("model.embed_tokens.weight");
        float[] doubled = new float[(int) (embeddings.data().byteSize() / 4)];
        embeddings.copy(0, doubled, doubled.length);
        for (int i = 0; i < doubled.length; i++) {
            doubled[i] *= 2;
        }
        tensors.put(
                "lm_head.weight",
                new StoredTensor(
                        "test",
                        "lm_head.weight",
                        StoredType.F32,
                        embeddings.shape(),
                        arena.allocateFrom(ValueLayout.JAVA_FLOAT, doubled),
                        false));
        put(tensors);
        float[] own = scores();
        for (int i = 0; i < own.length; i++) {
            assertEquals(2 * tied[i], own[i], 1e-5f);
        }
    }

    @Test
    void whatIsNotSupportedIsRefusedByKeyAndValue() throws IOException {
        start("llama-gqa");
        String[][] edits = {
            {"llama-gqa", "\"model_type\": \"llama\"", "\"model_type\": \"mamba\"", "model_type", "mamba"},
            {"llama-gqa", "\"hidden_act\": \"silu\"", "\"hidden_act\": \"xielu\"", "hidden_act", "xielu"},
            {
                "llama-gqa",
                "\"rope_type\": \"default\"",
                "\"rope_type\": \"spiral\"",
                "rope_parameters.rope_type",
                "spiral"
            },
            {"llama-gqa", "\"vocab_size\": 320", "\"vocab_size\": 0", "vocab_size", "0"},
            {"llama-gqa", "\"hidden_size\": 64,", "", "hidden_size", "missing"},
            {"llama-gqa", "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3", "num_key_value_heads", "3"},
            {"llama-gqa", "\"pretraining_tp\": 1", "\"quantization_config\": {\"bits\": 4}", "quantization_config", "4"
            },
            {"llama-gqa", "\"eos_token_id\": 264", "\"eos_token_id\": [320]", "eos_token_id", "320"},
            {"llama3-rope", "\"high_freq_factor\": 4.0", "\"high_freq_factor\": 0.5", "high_freq_factor", "0.5"},
            {"llama3-rope", "\"factor\": 8.0,", "", "rope_parameters.factor", "missing"},
            {"phi3", "\"attention_dropout\": 0.0", "\"attention_bias\": true", "attention_bias", "true"},
            {
                "phi3-partial-rope",
                "\"partial_rotary_factor\": 0.75",
                "\"partial_rotary_factor\": 0.7",
                "partial_rotary_factor",
                "11"
            },
            {"phi3-longrope", "6.5, ", "", "long_factor", "8 numbers"},
            {
                "gemma2",
                "\"use_bidirectional_attention\": null",
                "\"use_bidirectional_attention\": true",
                "use_bidirectional_attention",
                "true"
            },
            {
                "gemma3-text",
                "\"sliding_attention\", \"sliding_attention\", ",
                "\"chunked_attention\", ",
                "layer_types",
                "chunked_attention"
            },
            {"mixtral", "\"num_experts_per_tok\": 2", "\"num_experts_per_tok\": 5", "num_experts_per_tok", "5"},
            {"gpt2", "\"add_cross_attention\": false", "\"add_cross_attention\": true", "add_cross_attention", "true"},
            {"gpt2", "\"n_head\": 4", "\"n_head\": 5", "n_head", "5"},
            {
                "t5-gated",
                "\"feed_forward_proj\": \"gated-gelu\"",
                "\"feed_forward_proj\": \"gated-mish\"",
                "feed_forward_proj",
                "gated-mish"
            },
            {
                "t5-gated",
                "\"relative_attention_num_buckets\": 8",
                "\"relative_attention_num_buckets\": 9",
                "relative_attention_num_buckets",
                "9"
            },
        };
        for (String[] edit : edits) {
            start(edit[0]);
            String text = Files.readString(files.get("config.json"))
                    .replaceAll("\\s+", " ")
                    .replace("[ ", "[");
            assertTrue(text.contains(edit[1]), edit[0] + " has no " + edit[1] + ": " + text);
            files.put("config.json", Files.writeString(folder.resolve("config.json"), text.replace(edit[1], edit[2])));
            assertRefused("config.json", edit[3], edit[4]);
        }
    }

    @Test
    void weightsAreGivenBackWhenMemoryRunsOut() throws IOException {
        start("qwen3-moe");
        SmallDevice device = new SmallDevice(backend, 7);
        OutOfMemoryError e = assertThrows(
                OutOfMemoryError.class, () -> DecoderLoader.load(Reference.files(files), device, WeightType.F32, 0));
        assertEquals("the device is full", e.getMessage());
        assertEquals(7, device.taken());
        assertEquals(0, device.held());
    }

    @Test
    void nothingIsTakenOverFromAFolderThatIsNotComplete() throws IOException {
        Map<String, StoredTensor> tensors = start("qwen3-moe");
        tensors.remove("model.norm.weight");
        put(tensors);
        SmallDevice device = new SmallDevice(backend, 1000);
        assertThrows(
                ModelFormatException.class,
                () -> DecoderLoader.load(Reference.files(files), device, WeightType.F32, 0));
        assertEquals(0, device.taken());
    }

    @Test
    void generationConfigSaysWhatEndsAText() throws IOException {
        start("llama-gqa");
        files.put(
                "generation_config.json",
                Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [3, 7]}"));
        assertEquals(Set.of(3, 7), ends());
        files.put(
                "generation_config.json",
                Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": null}"));
        assertEquals(Set.of(264), ends());
        files.put(
                "generation_config.json",
                Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": -1}"));
        assertRefused("generation_config.json", "eos_token_id", "-1");
        files.remove("generation_config.json");
        assertEquals(Set.of(264), ends());
    }

    private Set<Integer> ends() throws IOException {
        try (DecoderModel model = load().model()) {
            return model.configuration().ends();
        }
    }

    @Test
    void aLimitAboveTheTableOfPositionsIsRefused() throws IOException {
        start("gpt2");
        String message = assertThrows(
                        ModelFormatException.class,
                        () -> DecoderLoader.load(Reference.files(files), backend, WeightType.F32, 129))
                .getMessage();
        assertTrue(message.contains("129") && message.contains("128"), message);
    }

    @Test
    void smallerWeightsGiveNearlyTheSameScores() throws IOException {
        start("llama-gqa");
        float[] expected = scores();
        for (WeightType type : List.of(WeightType.BF16, WeightType.I8)) {
            try (DecoderModel model = DecoderLoader.load(Reference.files(files), backend, type, 0)
                            .model();
                    KeyValueCache cache = model.cache(4, 4)) {
                float[] actual = ReferenceDecodersTest.logits(
                        model, List.of(Part.of(cache.open(), 5, 9, 2, 200, 31)), Stack.Observer.NONE);
                double difference = 0;
                double size = 0;
                for (int i = 0; i < actual.length; i++) {
                    difference += Math.pow(actual[i] - expected[i], 2);
                    size += Math.pow(expected[i], 2);
                }
                assertTrue(difference > 0 && difference < 0.01 * size, type + ": " + difference / size);
            }
        }
    }
}
