package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.candor.api.tokenize.Tokenizer;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.json.StrictJson;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The files of packs/stories-tiny are those of llama2.c, converted. What the conversion gives lies in {@code
 * target/stories-tiny} after a run, to be copied where it was changed on purpose.
 */
class StoriesPackTest {

    private static final Path PACK = Path.of("../../packs/stories-tiny/src/main/model");
    private static final Path MADE = Path.of("target/stories-tiny");

    private Path vectors;

    @BeforeEach
    void find() throws IOException {
        vectors = Reference.shared()
                .resolveSibling("vectors")
                .resolve("tokenizer")
                .resolve("stories260K");
        assumeTrue(Files.isDirectory(vectors), "the shared vectors are absent: " + vectors);
        Files.createDirectories(MADE);
    }

    @Test
    void itsFilesAreTheConvertedOnes() throws IOException {
        StoriesFiles.convert(vectors.resolve("stories260K.bin"), MADE);
        StoriesFiles.tokenizer(vectors.resolve("tok512.bin"), MADE.resolve("tokenizer.json"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            assertEquals(-1, Files.mismatch(MADE.resolve(file), PACK.resolve(file)), file);
        }
    }

    @Test
    void itsTokenizerGivesTheTokensOfTheVocabularyItWasMadeOf() throws IOException {
        Tokenizer original =
                Reference.tokenizers().of("tok512.bin", StoriesFiles.vocabulary(vectors.resolve("tok512.bin")));
        try (InputStream in = Files.newInputStream(PACK.resolve("tokenizer.json"))) {
            Tokenizer converted = Reference.tokenizers().read("tokenizer.json", in);
            String story = (String) greedy().get("expected_text");
            for (String text : List.of(
                    story, "", "Lily", "  two  spaces ", "tabs\tand\nlines", "Ünïcode, 委员会 and 😀", "a<s>b", "'\"\\")) {
                int[] ids = original.encode(text).ids();
                assertArrayEquals(ids, converted.encode(text).ids(), text);
                assertEquals(original.decode(ids, true), converted.decode(ids, true), text);
            }
        }
    }

    @Test
    void itsSelfTestIsTheKnownStory() throws IOException {
        List<?> cases =
                (List<?>) StrictJson.object(PACK.resolve("selftest.json")).get("cases");
        Map<?, ?> first = (Map<?, ?>) cases.getFirst();
        assertEquals(List.of(1L), first.get("prompt"));
        assertEquals(greedy().get("expected_ids_recomputed"), first.get("ids"));
        assertTrue(cases.size() > 1);
        for (Object each : cases) {
            List<?> prompt = (List<?>) ((Map<?, ?>) each).get("prompt");
            List<?> ids = (List<?>) ((Map<?, ?>) each).get("ids");
            List<?> story = (List<?>) first.get("ids");
            int read = prompt.size() - 1;
            assertEquals(story.subList(0, read), prompt.subList(1, prompt.size()));
            assertEquals(story.subList(read, read + ids.size()), ids, "it goes on as the story does");
        }
    }

    private Map<?, ?> greedy() throws IOException {
        return (Map<?, ?>) StrictJson.object(vectors.resolve("expected.json")).get("greedy");
    }
}
