package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.JsonMutation;
import org.candor.api.fuzz.Mutation;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.Reference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever config.json holds, a decoder's configuration is read from it, or it is refused by name. */
class ModelConfigurationFuzzTest {

    private static final List<String> WORDS = List.of(
            "model_type",
            "llama",
            "gpt2",
            "t5",
            "qwen3_moe",
            "gemma3_text",
            "phi3",
            "rope_scaling",
            "rope_parameters",
            "rope_type",
            "yarn",
            "longrope",
            "llama3",
            "dynamic",
            "factor",
            "rope_theta",
            "partial_rotary_factor",
            "num_key_value_heads",
            "head_dim",
            "layer_types",
            "sliding_attention",
            "sliding_window",
            "hidden_act",
            "num_experts",
            "eos_token_id",
            "tie_word_embeddings");

    @TempDir
    private Path folder;

    @Test
    void mutatedConfigurationsAreReadOrRefused() throws IOException {
        List<byte[]> examples = new ArrayList<>();
        Path shared = Reference.shared().resolve("models");
        for (String model : SearchTest.models().toList()) {
            Path there = Files.isDirectory(shared.resolve(model))
                    ? shared
                    : Reference.resource("bert").getParent();
            Path config = there.resolve(model).resolve("config.json");
            if (Files.exists(config)) {
                examples.add(Files.readAllBytes(config));
            }
        }
        Mutation mutation = Mutation.anyOf(new JsonMutation(WORDS));
        new Fuzz("model-configuration", examples, mutation).rounds(2_500).run(this::read);
    }

    private boolean read(byte[] input) throws IOException {
        Path file = Files.write(folder.resolve("config.json"), input);
        try {
            DecoderConfiguration read = DecoderConfiguration.read(ConfigurationKeys.read(file), null);
            assertTrue(read.vocabulary() > 0 && read.positions() > 0);
            for (RotaryEmbedding rope : read.decoder().ropes()) {
                if (rope.rotary() < 1 << 12) {
                    rope.frequencies(1);
                }
            }
            return true;
        } catch (ModelFormatException refusal) {
            assertTrue(refusal.getMessage().startsWith("config.json"), refusal.getMessage());
            return false;
        }
    }
}
