package org.candor.transformer.internal.bert;

import static org.candor.transformer.internal.Reference.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.MaskedLanguageModel;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.SafetensorsWriter;
import org.candor.transformer.internal.weights.StoredTensor;
import org.candor.transformer.internal.weights.StoredType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The masked-LM heads of families for which the reference has none: its BERT, written as those families write it, must
 * give the same logits.
 */
class OtherSpellingsTest {

    private static final int HIDDEN = 48;

    @TempDir
    private Path folder;

    private final Arena arena = Arena.ofAuto();
    private Reference reference;
    private Map<String, StoredTensor> bert;

    @BeforeEach
    void readBert() throws IOException {
        Path source = Reference.shared().resolve("models/bert-mlm");
        Assumptions.assumeTrue(Files.isDirectory(source), "the shared reference is absent: " + source);
        reference = Reference.read(source, arena);
        bert = Safetensors.map(source.resolve("model.safetensors"), arena).tensors();
    }

    @Test
    void aBertInRobertasSpellingGivesTheSameLogits() throws IOException {
        Map<String, StoredTensor> roberta = new LinkedHashMap<>();
        bert.forEach((name, tensor) -> roberta.put(
                name.replaceFirst("^bert\\.", "roberta.")
                        .replace("cls.predictions.transform.dense", "lm_head.dense")
                        .replace("cls.predictions.transform.LayerNorm", "lm_head.layer_norm")
                        .replace("cls.predictions.bias", "lm_head.bias"),
                tensor));
        // Positions begin after the padding's, here row 0, so the table moves down by one row.
        float[] positions = values("bert.embeddings.position_embeddings.weight", 64);
        float[] moved = new float[65 * HIDDEN];
        System.arraycopy(positions, 0, moved, HIDDEN, positions.length);
        roberta.put("roberta.embeddings.position_embeddings.weight", table(65, moved));
        assertSameLogits("""
                {"model_type": "roberta", "vocab_size": 256, "hidden_size": 48, "num_hidden_layers": 3,
                 "num_attention_heads": 4, "intermediate_size": 96, "max_position_embeddings": 65, "pad_token_id": 0,
                 "type_vocab_size": 2, "layer_norm_eps": 1e-12}
                """, roberta, List.of("len1", "len7", "len33", "pair"));
    }

    @Test
    void aBertInDistilbertsSpellingGivesTheSameLogits() throws IOException {
        Map<String, StoredTensor> distilbert = new LinkedHashMap<>();
        bert.forEach((name, tensor) -> distilbert.put(
                name.replaceFirst("^bert\\.", "distilbert.")
                        .replace("encoder.layer", "transformer.layer")
                        .replace("attention.self.query", "attention.q_lin")
                        .replace("attention.self.key", "attention.k_lin")
                        .replace("attention.self.value", "attention.v_lin")
                        .replace("attention.output.dense", "attention.out_lin")
                        .replace("attention.output.LayerNorm", "sa_layer_norm")
                        .replace("intermediate.dense", "ffn.lin1")
                        .replace("output.dense", "ffn.lin2")
                        .replace("output.LayerNorm", "output_layer_norm")
                        .replace("cls.predictions.transform.dense", "vocab_transform")
                        .replace("cls.predictions.transform.LayerNorm", "vocab_layer_norm")
                        .replace("cls.predictions.bias", "vocab_projector.bias"),
                tensor));
        // There are no token types: type 0 goes into the positions, and the decoder is stored.
        distilbert.remove("distilbert.embeddings.token_type_embeddings.weight");
        float[] positions = values("bert.embeddings.position_embeddings.weight", 64);
        float[] types = values("bert.embeddings.token_type_embeddings.weight", 2);
        for (int i = 0; i < positions.length; i++) {
            positions[i] += types[i % HIDDEN];
        }
        distilbert.put("distilbert.embeddings.position_embeddings.weight", table(64, positions));
        distilbert.put("vocab_projector.weight", bert.get("bert.embeddings.word_embeddings.weight"));
        assertSameLogits("""
                {"model_type": "distilbert", "vocab_size": 256, "dim": 48, "n_layers": 3, "n_heads": 4,
                 "hidden_dim": 96, "max_position_embeddings": 64, "activation": "gelu"}
                """, distilbert, List.of("len1", "len7", "len33"));
    }

    private void assertSameLogits(String config, Map<String, StoredTensor> tensors, List<String> cases)
            throws IOException {
        Map<String, Path> files = Map.of(
                "config.json", Files.writeString(folder.resolve("config.json"), config),
                "model.safetensors", SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors));
        int compared = 0;
        try (CpuBackend backend = Reference.cpu();
                MaskedLanguageModel model =
                        new BertFamily(backend, 64, 1).maskedLanguageModel(Reference.files(files), WeightType.F32)) {
            for (Reference.Case one : reference.cases()) {
                if (cases.contains(one.name())) {
                    float[][] logits = model.logits(one.sequences()).getFirst();
                    float[] expected = reference.values(one.name() + ".logits");
                    for (int t = 0; t < logits.length; t++) {
                        assertClose(one.name() + " token " + t, expected, t * 256, logits[t]);
                    }
                    compared++;
                }
            }
        }
        assertEquals(cases.size(), compared);
    }

    private float[] values(String name, int rows) {
        float[] values = new float[rows * HIDDEN];
        bert.get(name).copy(0, values, values.length);
        return values;
    }

    private StoredTensor table(int rows, float[] values) {
        MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
        return new StoredTensor("test", "table", StoredType.F32, new long[] {rows, HIDDEN}, data, false);
    }
}
