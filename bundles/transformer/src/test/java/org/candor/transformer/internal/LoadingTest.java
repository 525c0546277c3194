package org.candor.transformer.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.TextEncoder;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.weights.Checkpoint;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.SafetensorsWriter;
import org.candor.transformer.internal.weights.StoredTensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are not as they should be. */
class LoadingTest {

    private static final EncoderSettings SETTINGS = new EncoderSettings(Pooling.MEAN, true, 64, "", WeightType.F32);

    @TempDir
    private Path folder;

    private CpuBackend backend;
    private TransformerLoader loader;
    private final Map<String, Path> files = new HashMap<>();

    @BeforeEach
    void startFromAWholeModel() {
        backend = Reference.cpu();
        loader = new TransformerLoader(backend, new WordTokenizer(256), TextEncoderTest.config(64, 1));
        Path bert = Reference.resource("bert");
        files.put("config.json", bert.resolve("config.json"));
        files.put("tokenizer.json", bert.resolve("config.json"));
        files.put("model.safetensors", bert.resolve("model.safetensors"));
    }

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    @Test
    void theFourFamiliesAreSupportedAndNoOther() {
        for (String family : List.of("bert", "distilbert", "roberta", "xlm-roberta")) {
            assertTrue(loader.supports(family), family);
        }
        assertFalse(loader.supports("gpt2"));
        assertFalse(loader.supports("BERT"));
    }

    @Test
    void pickledWeightsAreRefusedWithTheReason() throws IOException {
        files.remove("model.safetensors");
        files.put("pytorch_model.bin", Files.writeString(folder.resolve("pytorch_model.bin"), "x"));
        assertRefused("pytorch_model.bin", "pickled weights are refused", "run any code");
    }

    @Test
    void aFolderWithoutWeightsSaysWhatIsNeededAndThere() {
        files.remove("model.safetensors");
        assertRefused("model.safetensors", "model.onnx", "config.json");
    }

    @Test
    void missingTensorsAreNamedTogether() throws IOException {
        Map<String, StoredTensor> tensors = bertTensors();
        tensors.remove("encoder.layer.1.attention.self.key.weight");
        tensors.remove("embeddings.LayerNorm.bias");
        put(tensors);
        assertRefused(
                "model.safetensors",
                "missing tensors",
                "embeddings.LayerNorm.bias",
                "encoder.layer.1.attention.self.key.weight");
    }

    @Test
    void aTensorOfTheWrongShapeIsNamedWithBothShapes() throws IOException {
        config("\"intermediate_size\": 96", "\"intermediate_size\": 95");
        assertRefused("model.safetensors", "encoder.layer.0.intermediate.dense.weight", "[96, 48]", "[95, 48]");
    }

    @Test
    void tensorsLeftOverDoNotPreventLoading() throws IOException {
        Map<String, StoredTensor> tensors = bertTensors();
        tensors.put("encoder.layer.9.surprise", tensors.get("embeddings.LayerNorm.bias"));
        put(tensors);
        float[] expected;
        try (TextEncoder encoder = load()) {
            expected = encoder.embed(List.of("3 4 5")).vectors()[0];
        }
        files.put("model.safetensors", Reference.resource("bert").resolve("model.safetensors"));
        try (TextEncoder encoder = load()) {
            assertArrayEquals(encoder.embed(List.of("3 4 5")).vectors()[0], expected);
        }
    }

    @Test
    void damagedWeightsAreRefusedThroughTheLoader() {
        files.put("model.safetensors", Reference.resource("damaged-safetensors").resolve("hole.safetensors"));
        assertRefused("hole.safetensors", "hole", "tensor b");
    }

    @Test
    void aConfigurationKeyThatIsMissingOrNotSupportedIsNamed() throws IOException {
        config("\"hidden_size\": 48,", "");
        assertRefused("config.json", "hidden_size is missing");
        config("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"mish\"");
        assertRefused("config.json", "hidden_act", "mish", "gelu_pytorch_tanh");
        config("\"num_attention_heads\": 4", "\"num_attention_heads\": 5");
        assertRefused("config.json", "48", "not a multiple of the 5 attention heads");
        config("\"is_decoder\": false", "\"is_decoder\": true");
        assertRefused("config.json", "is_decoder");
        config("\"model_type\": \"bert\"", "\"model_type\": \"mamba\"");
        assertRefused("config.json", "model_type", "mamba");
        config("\"vocab_size\": 256", "\"vocab_size\": 256, \"vocab_size\": 256");
        assertRefused("config.json", "Duplicate field 'vocab_size'");
    }

    @Test
    void settingsThatDoNotFitTheModelAreRefused() {
        EncoderSettings tooLong = new EncoderSettings(Pooling.MEAN, true, 65, "", WeightType.F32);
        String message = assertThrows(
                        ModelFormatException.class, () -> loader.loadEncoder(Reference.files(files), tooLong))
                .getMessage();
        assertTrue(message.contains("65") && message.contains("64"), message);
        loader = new TransformerLoader(backend, new WordTokenizer(257), TextEncoderTest.config(64, 1));
        assertRefused("tokenizer.json", "257", "256");
    }

    @Test
    void componentConfigurationOutOfRangeFailsActivation() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new TransformerLoader(backend, new WordTokenizer(256), TextEncoderTest.config(63, 1)))
                .getMessage();
        assertTrue(message.contains("passTokens") && message.contains("63") && message.contains("64"), message);
    }

    @Test
    void sixteenBitWeightsGiveNearlyTheSameVectors() throws IOException {
        float[] expected;
        try (TextEncoder encoder = load()) {
            expected = encoder.embed(List.of("3 4 5 6")).vectors()[0];
        }
        for (WeightType type : List.of(WeightType.BF16, WeightType.I8)) {
            EncoderSettings smaller = new EncoderSettings(Pooling.MEAN, true, 64, "", type);
            try (TextEncoder encoder = loader.loadEncoder(Reference.files(files), smaller)) {
                float[] actual = encoder.embed(List.of("3 4 5 6")).vectors()[0];
                double cosine = 0;
                for (int i = 0; i < actual.length; i++) {
                    cosine += actual[i] * expected[i];
                }
                assertTrue(cosine > 0.995 && cosine < 0.9999999, type + ": " + cosine);
            }
        }
    }

    @Test
    void aShardedCheckpointIsOneToItsReader() throws IOException {
        Path sharded = Reference.shared().resolve("models/llama-sharded");
        Assumptions.assumeTrue(Files.isDirectory(sharded), "the shared reference is absent: " + sharded);
        try (Checkpoint checkpoint = Checkpoint.open(Reference.files(sharded, Map.of()))) {
            assertEquals(checkpoint.names(), checkpoint.unused());
            StoredTensor norm = checkpoint.find("model.norm.weight");
            assertEquals(1, norm.shape().length);
            assertFalse(checkpoint.unused().contains("model.norm.weight"));
        }
    }

    @Test
    void anIndexThatPromisesWhatNoShardHoldsIsRefused() throws IOException {
        files.put("a.safetensors", Reference.resource("whole-safetensors").resolve("order-differs.safetensors"));
        files.remove("model.safetensors");
        files.put("model.safetensors.index.json", index("{\"weight_map\": {\"missing\": \"a.safetensors\"}}"));
        assertRefused("a.safetensors", "tensor missing", "model.safetensors.index.json");
        files.put("model.safetensors.index.json", index("{\"weight_map\": {\"z\": \"../../a.safetensors\"}}"));
        assertRefused("../../a.safetensors", "which is missing");
        files.put("model.safetensors.index.json", index("{\"weight_map\": [1]}"));
        assertRefused("weight_map");
    }

    private Path index(String json) throws IOException {
        return Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private TextEncoder load() throws IOException {
        return loader.loadEncoder(Reference.files(files), SETTINGS);
    }

    private void assertRefused(String... parts) {
        String message = assertThrows(ModelFormatException.class, this::load).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), "\"" + part + "\" is missing in: " + message);
        }
    }

    private void config(String from, String to) throws IOException {
        String whole = Files.readString(Reference.resource("bert").resolve("config.json"));
        assertTrue(whole.contains(from), from);
        files.put("config.json", Files.writeString(folder.resolve("config.json"), whole.replace(from, to)));
    }

    private static Map<String, StoredTensor> bertTensors() throws IOException {
        return new LinkedHashMap<>(
                Safetensors.map(Reference.resource("bert").resolve("model.safetensors"), Arena.ofAuto())
                        .tensors());
    }

    private void put(Map<String, StoredTensor> tensors) throws IOException {
        files.put("model.safetensors", SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors));
    }
}
