package org.candor.transformer.internal.bert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.SafetensorsWriter;
import org.candor.transformer.internal.weights.StoredTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftOverTensorsTest {

    @TempDir
    private Path folder;

    @Test
    void unusedHeadsAndBuffersAreNoSurpriseButAnUnknownTensorIs() throws IOException {
        Path bert = Reference.resource("bert");
        try (CpuBackend backend = Reference.cpu()) {
            Map<String, StoredTensor> tensors =
                    new LinkedHashMap<>(Safetensors.map(bert.resolve("model.safetensors"), Arena.ofAuto())
                            .tensors());
            StoredTensor any = tensors.get("embeddings.LayerNorm.bias");
            tensors.put("embeddings.position_ids", any);
            tensors.put("cls.seq_relationship.weight", any);
            assertEquals(Set.of(), leftOver(backend, tensors));
            tensors.put("encoder.layer.3.output.dense.weight", any);
            tensors.put("adapter.down", any);
            assertEquals(Set.of("adapter.down", "encoder.layer.3.output.dense.weight"), leftOver(backend, tensors));
        }
    }

    private Set<String> leftOver(CpuBackend backend, Map<String, StoredTensor> tensors) throws IOException {
        Path file = SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        Path config = Reference.resource("bert").resolve("config.json");
        BertLoader.Loaded loaded = new BertFamily(backend, 64, 1)
                .load(
                        Reference.files(Map.of("config.json", config, "model.safetensors", file)),
                        WeightType.F32,
                        BertLoader.Head.NONE);
        try (BertModel model = loaded.body()) {
            return loaded.leftOver();
        }
    }
}
