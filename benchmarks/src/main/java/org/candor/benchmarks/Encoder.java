package org.candor.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.api.model.TextEncoder;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.TransformerLoader;

/** The encoders that ship, loaded as the server does: bge-small-en-v1.5 and bge-small-zh-v1.5, fp32. */
enum Encoder {
    EN("en", "Represent this sentence for searching relevant passages: ", """
            {"model_type": "bert", "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": 512,
             "hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 1536,
             "vocab_size": 30522, "type_vocab_size": 2, "pad_token_id": 0}
            """),
    ZH("zh", "为这个句子生成表示以用于检索相关文章：", """
            {"model_type": "bert", "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": 512,
             "hidden_size": 512, "num_hidden_layers": 4, "num_attention_heads": 8, "intermediate_size": 2048,
             "vocab_size": 21128, "type_vocab_size": 2, "pad_token_id": 0}
            """);

    private final String language;
    private final String queryPrefix;
    private final String config;

    Encoder(String language, String queryPrefix, String config) {
        this.language = language;
        this.queryPrefix = queryPrefix;
        this.config = config;
    }

    String language() {
        return language;
    }

    ModelId id() {
        return new ModelId("encoder-" + language, "1.5", "sha256:" + language.repeat(32));
    }

    /** @param folder where its files are unpacked; deleted by the caller after closing the encoder */
    TextEncoder load(Path folder, CpuBackend backend) throws IOException {
        Path own = Files.createDirectories(folder.resolve("encoder-" + language));
        String name = "bge-small-" + language + "-v1.5";
        Files.writeString(own.resolve("config.json"), config);
        for (String[] file :
                new String[][] {{name + ".onnx", "model.onnx"}, {name + "-tokenizer.json", "tokenizer.json"}}) {
            try (InputStream in = Encoder.class.getResourceAsStream("/" + file[0])) {
                Files.copy(in, own.resolve(file[1]));
            }
        }
        ModelFiles files = new ModelFiles(
                id(),
                Map.of(
                        "config.json", own.resolve("config.json"),
                        "tokenizer.json", own.resolve("tokenizer.json"),
                        "model.onnx", own.resolve("model.onnx")));
        return new TransformerLoader(backend, Encode.tokenizers(), 1_024, 4)
                .loadEncoder(files, new EncoderSettings(Pooling.FIRST, true, 512, queryPrefix, WeightType.F32));
    }
}
