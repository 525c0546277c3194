package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.json.StrictJson;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plain forward pass over what a GGUF file gives, against the logits of transformers. */
class GgufLogitsTest {

    @ParameterizedTest
    @ValueSource(strings = {"llama-f32", "llama-f16", "llama-q8_0", "llama-q4_k_m", "qwen2-f16", "gpt2-f16"})
    @SuppressWarnings("unchecked")
    void namesOrderAndNumbersGiveTheLogitsOfTransformers(String name) throws IOException {
        Path folder = Reference.shared().resolve("gguf").resolve("models");
        assumeTrue(Files.isDirectory(folder), "the shared GGUF models are not there");
        List<Map<String, Object>> models = (List<Map<String, Object>>)
                StrictJson.object(folder.resolve("models.json")).get("models");
        Map<String, Object> model = models.stream()
                .filter(one -> one.get("file").equals(name + ".gguf"))
                .findFirst()
                .orElseThrow();
        try (Arena arena = Arena.ofConfined();
                Checkpoint checkpoint =
                        Checkpoint.open(Reference.files(Map.of("any.gguf", folder.resolve(name + ".gguf"))))) {
            Map<String, StoredTensor> expected = Safetensors.map(folder.resolve(name + ".expected.safetensors"), arena)
                    .tensors();
            PlainDecoder decoder = new PlainDecoder(checkpoint);
            List<Map<String, Object>> prompts = (List<Map<String, Object>>) model.get("prompts");
            assertEquals(3, prompts.size());
            for (int p = 0; p < prompts.size(); p++) {
                int[] ids = ((List<Long>) prompts.get(p).get("ids"))
                        .stream().mapToInt(Long::intValue).toArray();
                float[][] logits = decoder.logits(ids);
                StoredTensor tensor = expected.get("prompt" + p + ".logits");
                float[] values = new float[(int) tensor.size()];
                tensor.copy(0, values, values.length);
                for (int t = 0; t < ids.length; t++) {
                    Reference.assertClose(name + " prompt " + p + " token " + t, values, t * 512, logits[t]);
                }
            }
            assertEquals(Set.of(), checkpoint.unused());
            assertTrue(
                    checkpoint.unreadKeys().isEmpty(), checkpoint.unreadKeys().toString());
            assertNotNull(checkpoint.vocabulary());
            assertEquals(512, checkpoint.vocabulary().tokens().size());
        }
    }
}
