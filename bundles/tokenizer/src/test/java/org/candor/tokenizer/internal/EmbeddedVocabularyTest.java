package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.candor.api.tokenize.EmbeddedVocabulary;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerFormatException;
import org.candor.api.tokenize.TokenizerInput;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Tokenizers of model files and of tiktoken files, against what llama.cpp and others make of the same. */
class EmbeddedVocabularyTest {
    private static final Path SHARED = Path.of(System.getProperty("candor.shared", "../shared"));
    private final JsonTokenizerFactory factory = new JsonTokenizerFactory(64, 1 << 20);

    @Test
    void vocabulariesOfLlamaCppGiveItsIds() throws IOException {
        Path folder = SHARED.resolve("vectors/tokenizer");
        Assumptions.assumeTrue(Files.isDirectory(folder), "no vectors at " + folder);
        JsonSection vectors = JsonSection.read("cases.json", Files.readAllBytes(folder.resolve("cases.json")));
        for (String name : vectors.object("vocabularies").keySet()) {
            Path file = folder.resolve("gguf/ggml-vocab-" + name + ".gguf");
            Tokenizer tokenizer = factory.of(name, new GgufMetadata(file).vocabulary());
            List<String> differences = new ArrayList<>();
            List<JsonSection> cases = vectors.sections("cases");
            for (JsonSection one : cases) {
                compare(tokenizer, one.text("text"), one.object("ids").get(name), false, differences);
                if (!name.equals("bert-bge")) {
                    String text = one.text("text");
                    assertEquals(text, tokenizer.decode(ids(tokenizer, text, false), true), name);
                }
            }
            if (name.equals("phi-3")) {
                for (JsonSection one : vectors.section("with_bos").sections("cases")) {
                    compare(tokenizer, one.text("text"), one.list("ids"), true, differences);
                }
            }
            assertEquals(46, cases.size());
            assertEquals(List.of(), differences, name);
        }
    }

    @Test
    void modelsOfEachFamilyGiveTheIdsOfLlamaCpp() throws IOException {
        Path folder = SHARED.resolve("reference/gguf/models");
        Assumptions.assumeTrue(Files.isDirectory(folder), "no models at " + folder);
        JsonSection models = JsonSection.read("models.json", Files.readAllBytes(folder.resolve("models.json")));
        int compared = 0;
        for (JsonSection model : models.sections("models")) {
            String file = model.text("file");
            Tokenizer tokenizer = factory.of(file, new GgufMetadata(folder.resolve(file)).vocabulary());
            List<String> differences = new ArrayList<>();
            for (JsonSection one : model.sections("tokenization")) {
                // Where the two differ, the file's own normaliser is not in the model file.
                String key = one.has("llama_cpp_ids") ? "llama_cpp_ids" : "ids";
                compare(tokenizer, one.text("text"), one.list(key), true, differences);
                compared++;
            }
            assertEquals(List.of(), differences, file);
        }
        assertTrue(compared >= 180, compared + " compared");
    }

    @Test
    void aTiktokenFileGivesTheIdsOfTheSameVocabulary() throws IOException {
        Path folder = SHARED.resolve("vectors/tokenizer");
        Assumptions.assumeTrue(Files.isDirectory(folder), "no vectors at " + folder);
        Tokenizer tokenizer;
        try (InputStream in = Files.newInputStream(folder.resolve("gpt2.tiktoken"))) {
            tokenizer = factory.readRanks("gpt2.tiktoken", in, "gpt2", Map.of());
        }
        List<String> differences = new ArrayList<>();
        for (JsonSection one : JsonSection.read("cases.json", Files.readAllBytes(folder.resolve("cases.json")))
                .sections("cases")) {
            compare(tokenizer, one.text("text"), one.object("ids").get("gpt-2"), false, differences);
        }
        assertEquals(List.of(), differences);
        assertEquals(50_256, tokenizer.id("<|endoftext|>").orElseThrow());
    }

    @Test
    void aNameOfASplitThatIsNotKnownIsRefused() {
        TokenizerFormatException e = assertThrows(
                TokenizerFormatException.class, () -> factory.of("a.gguf", SmallVocabularies.byteLevel("astral")));
        assertTrue(
                e.getMessage().startsWith("a.gguf: tokenizer.ggml.pre \"astral\" is not supported ("), e.getMessage());
    }

    @Test
    void everyNameOfASplitThatIsKnownWorks() throws IOException {
        assertTrue(EmbeddedSplits.names().size() > 50);
        String text = "I'm 12345 \u4F60\u597D\u3042, don't\n\n  x_Y! ";
        for (String name : EmbeddedSplits.names()) {
            Tokenizer tokenizer = factory.of("a.gguf", SmallVocabularies.byteLevel(name));
            assertEquals(text, tokenizer.decode(ids(tokenizer, text, false), true), name);
        }
    }

    @Test
    void damagedVocabulariesAreReadOrRefusedClearly() {
        Random random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 1_500; round++) {
            EmbeddedVocabulary whole = List.of(
                            SmallVocabularies.byteLevel("qwen2"),
                            SmallVocabularies.sentencePieces(),
                            SmallVocabularies.unigram())
                    .get(round % 3);
            EmbeddedVocabulary damaged = damage(whole, random);
            try {
                Tokenizer tokenizer = factory.of("a.gguf", damaged);
                tokenizer.decode(tokenizer.encode("hello aab \u4F60").ids(), true);
            } catch (TokenizerFormatException e) {
                assertTrue(e.getMessage().startsWith("a.gguf: "), e.getMessage());
                refused++;
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().contains("has no token"), e.getMessage());
            }
        }
        assertTrue(refused > 500, refused + " refused");
    }

    private static EmbeddedVocabulary damage(EmbeddedVocabulary v, Random random) {
        int kind = random.nextInt(8);
        List<String> tokens = new ArrayList<>(v.tokens());
        int at = random.nextInt(tokens.size());
        if (kind == 0) {
            tokens.remove(at);
        } else if (kind == 1) {
            tokens.set(at, List.of("", "x", "\uD800").get(random.nextInt(3)));
        }
        List<String> merges = v.merges() == null ? null : new ArrayList<>(v.merges());
        if (kind == 2 && merges != null) {
            merges.set(
                    random.nextInt(merges.size()),
                    List.of("", " ", "a", "a ", "a b c", "zz y").get(random.nextInt(6)));
        }
        float[] scores = v.scores() == null ? null : v.scores().clone();
        if (kind == 3 && scores != null) {
            scores[at] = Float.NaN;
        }
        return new EmbeddedVocabulary(
                kind == 4 ? "rwkv" : v.model(),
                v.pre(),
                tokens,
                kind == 5 ? null : scores,
                kind == 6 ? new int[3] : v.types(),
                merges,
                kind == 7 ? random.nextInt(2_000) - 1_000 : v.beginId(),
                v.endId(),
                v.unknownId(),
                v.addBegin(),
                v.addEnd(),
                v.addSpacePrefix(),
                v.removeExtraWhitespace(),
                new byte[random.nextInt(3)]);
    }

    private static int[] ids(Tokenizer tokenizer, String text, boolean special) {
        return tokenizer
                .encode(new TokenizerInput.Text(text), new EncodeOptions(special, null, null))
                .ids();
    }

    private static void compare(
            Tokenizer tokenizer, String text, Object expected, boolean special, List<String> differences) {
        int[] wanted = ((List<?>) expected)
                .stream().mapToInt(v -> ((Long) v).intValue()).toArray();
        int[] found = ids(tokenizer, text, special);
        if (!Arrays.equals(wanted, found)) {
            differences.add(
                    "\"" + text + "\": expected " + Arrays.toString(wanted) + " but got " + Arrays.toString(found));
        }
    }
}
