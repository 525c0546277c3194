package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.JsonMutation;
import org.candor.api.fuzz.Mutation;
import org.candor.api.model.ModelFormatException;
import org.junit.jupiter.api.Test;

/** Whatever a card holds, it is read, with files inside the pack only, or refused by name. */
class ModelCardFuzzTest {

    private static final List<String> WORDS = List.of(
            "name",
            "version",
            "tasks",
            "embed",
            "generate",
            "encoder",
            "generator",
            "pooling",
            "files",
            "sha256",
            "bytes",
            "config.json",
            "selftest.json",
            "model.gguf",
            "/etc/passwd",
            "a/../../b",
            "..\\\\b",
            "F32",
            "licence");

    @Test
    void mutatedCardsAreReadOrRefused() {
        Mutation mutation = Mutation.anyOf(new JsonMutation(WORDS));
        new Fuzz("model-card", List.of(ModelCardTest.GOOD, ModelCardTest.WRITES), mutation)
                .rounds(10_000)
                .run(this::read);
    }

    private boolean read(byte[] input) {
        try {
            ModelCard card = ModelCard.read("pack", input);
            Path folder = Path.of("/store/pack");
            for (String file : card.files().keySet()) {
                Path there = folder.resolve(file).normalize();
                assertTrue(there.startsWith(folder) && !there.equals(folder), file);
            }
            assertFalse(card.id().name().isBlank() || card.id().version().isBlank());
            return true;
        } catch (ModelFormatException refusal) {
            assertTrue(refusal.getMessage().startsWith("pack: "), refusal.getMessage());
            return false;
        }
    }
}
