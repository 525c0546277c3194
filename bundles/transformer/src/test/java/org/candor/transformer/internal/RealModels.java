package org.candor.transformer.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.candor.api.model.ModelFiles;

/** The published encoders of the test class path, unpacked once into the build folder. */
public enum RealModels {
    ENGLISH("bge-small-en-v1.5", 384, 12, 12, 30522),
    CHINESE("bge-small-zh-v1.5", 512, 4, 8, 21128);

    private final String resource;
    private final String config;

    RealModels(String resource, int hidden, int layers, int heads, int vocabulary) {
        this.resource = resource;
        this.config = """
                {"model_type": "bert", "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": 512,
                 "hidden_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d, "intermediate_size": %d,
                 "vocab_size": %d, "type_vocab_size": 2, "pad_token_id": 0}
                """.formatted(hidden, layers, heads, 4 * hidden, vocabulary);
    }

    /** config.json, tokenizer.json and model.onnx. */
    public ModelFiles files() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "real-models", resource));
        return Reference.files(Map.of(
                "config.json",
                Files.writeString(folder.resolve("config.json"), config),
                "tokenizer.json",
                unpack(resource + "-tokenizer.json", folder.resolve("tokenizer.json")),
                "model.onnx",
                unpack(resource + ".onnx", folder.resolve("model.onnx"))));
    }

    private static synchronized Path unpack(String resource, Path target) throws IOException {
        if (!Files.exists(target)) {
            Path partial = target.resolveSibling(target.getFileName() + ".partial");
            try (InputStream in = RealModels.class.getResourceAsStream("/" + resource)) {
                Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        }
        return target;
    }
}
