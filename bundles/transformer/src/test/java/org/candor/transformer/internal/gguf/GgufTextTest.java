package org.candor.transformer.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.candor.api.model.EmbeddedText;
import org.candor.api.tokenize.Tokenizer;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TransformerLoader;
import org.candor.transformer.internal.json.StrictJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokenizer that lies in a GGUF file gives the ids that the reference has. */
class GgufTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"llama-f32", "llama-q4_k_m", "qwen2-f16", "gpt2-f16"})
    void idsAreThoseOfTheReference(String name) throws IOException {
        Path folder = Reference.shared().resolve("gguf").resolve("models");
        assumeTrue(Files.isDirectory(folder), "the shared GGUF models are not there: " + folder);
        EmbeddedText text = text(Map.of("any.gguf", folder.resolve(name + ".gguf")));
        assertEquals(name.substring(0, name.indexOf('-')), text.family());
        Tokenizer tokenizer = Reference.tokenizers().of(name, text.vocabulary());
        List<?> models =
                (List<?>) StrictJson.object(folder.resolve("models.json")).get("models");
        Map<?, ?> model = models.stream()
                .map(one -> (Map<?, ?>) one)
                .filter(one -> (name + ".gguf").equals(one.get("file")))
                .findFirst()
                .orElseThrow();
        List<?> prompts = (List<?>) model.get("prompts");
        assertTrue(prompts.size() >= 3);
        for (Object each : prompts) {
            Map<?, ?> prompt = (Map<?, ?>) each;
            int[] ids = ((List<?>) prompt.get("ids"))
                    .stream().mapToInt(id -> ((Number) id).intValue()).toArray();
            assertArrayEquals(ids, tokenizer.encode((String) prompt.get("text")).ids());
            assertEquals(prompt.get("text"), tokenizer.decode(ids, true));
        }
    }

    @Test
    void weightsInOtherFormatsHoldNoText() throws IOException {
        Path folder = Reference.shared().resolve("models");
        assumeTrue(Files.isDirectory(folder), "the shared reference models are not there: " + folder);
        Path weights;
        try (var files = Files.walk(folder)) {
            weights = files.filter(file -> file.endsWith("model.safetensors"))
                    .findFirst()
                    .orElseThrow();
        }
        assertNull(text(Map.of("model.safetensors", weights)));
    }

    private static EmbeddedText text(Map<String, Path> files) throws IOException {
        try (var backend = Reference.cpu()) {
            return new TransformerLoader(backend, Reference.tokenizers(), 512, 1).embeddedText(Reference.files(files));
        }
    }
}
