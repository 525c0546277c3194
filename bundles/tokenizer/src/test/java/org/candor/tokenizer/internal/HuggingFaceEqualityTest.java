package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Hugging Face library itself, with the vocabularies of two real encoders. */
class HuggingFaceEqualityTest {
    private static final List<String> AWKWARD = List.of(
            "",
            " ",
            "Ünïcödé İstanbul ǅ ﬁ Å ṩ",
            "한글 テスト が か\u3099",
            "a\u0323\u0301b \u0344c \uD834\uDD5E",
            "\u0000\uFFFD\u200B\u00AD\u2028x",
            "[CLS] [MASK][SEP] [mask]",
            "don't U.S.A. e-mail@x.y 3.14 $5 \u20AC5 1\u00BD",
            "😀👍🏿 🇩🇪 𠀀𠮷",
            "x".repeat(101));

    @BeforeAll
    static void keepTheNativeLibraryInTheBuildFolder() {
        System.setProperty(
                "DJL_CACHE_DIR", Path.of("target", "djl").toAbsolutePath().toString());
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bge-small-en-v1.5-tokenizer.json", "bge-small-zh-v1.5-tokenizer.json"})
    void awkwardTextEqualsTheLibrary(String name) throws IOException {
        compare(name, AWKWARD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bge-small-en-v1.5-tokenizer.json", "bge-small-zh-v1.5-tokenizer.json"})
    void tenThousandLinesOfTheCorporaEqualTheLibrary(String name) throws IOException {
        Corpora corpora = new Corpora();
        Assumptions.assumeTrue(corpora.isPresent(), "no corpora at " + corpora.folder());
        List<String> lines = corpora.tenThousandLines();
        assertEquals(10_000, lines.size());
        compare(name, lines);
    }

    /** The tokenizers of the reference, with text that their answers do not cover. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytelevel-gpt2",
                "bytelevel-llama3",
                "bytelevel-qwen2",
                "sp-bpe-llama2",
                "sp-bpe-llama2-metaspace",
                "sp-bpe-gemma",
                "unigram-t5",
                "unigram-xlmr"
            })
    void tenThousandLinesEqualTheLibraryForEachKindOfModel(String name) throws IOException {
        Corpora corpora = new Corpora();
        Path file = corpora.folder().resolve("../reference/tokenizers/" + name + "/tokenizer.json");
        Assumptions.assumeTrue(corpora.isPresent() && Files.exists(file), "no reference at " + file);
        byte[] json = Files.readAllBytes(file);
        Tokenizer ours = new JsonTokenizerFactory(64, 1 << 20).read(name, new ByteArrayInputStream(json));
        Map<String, String> options = Map.of("truncation", "false", "padding", "false");
        try (HuggingFaceTokenizer theirs = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options)) {
            for (String line : corpora.tenThousandLines()) {
                equal(line, theirs.encode(line), ours.encode(line));
            }
        }
    }

    @Test
    void pairsEqualTheLibrary() throws IOException {
        String name = "bge-small-en-v1.5-tokenizer.json";
        Tokenizer ours = ours(name);
        try (HuggingFaceTokenizer theirs = theirs(name)) {
            for (String first : AWKWARD) {
                for (String second : AWKWARD) {
                    Encoding encoding = ours.encode(new TokenizerInput.Pair(first, second), EncodeOptions.DEFAULT);
                    equal(first + " | " + second, theirs.encode(first, second), encoding);
                }
            }
        }
    }

    private static void compare(String name, List<String> lines) throws IOException {
        Tokenizer ours = ours(name);
        try (HuggingFaceTokenizer theirs = theirs(name)) {
            for (String line : lines) {
                equal(line, theirs.encode(line), ours.encode(line));
                long[] ids = theirs.encode(line).getIds();
                assertEquals(
                        theirs.decode(ids, true),
                        ours.decode(Arrays.stream(ids).mapToInt(i -> (int) i).toArray(), true));
            }
        }
    }

    private static void equal(String text, ai.djl.huggingface.tokenizers.Encoding expected, Encoding actual) {
        assertArrayEquals(expected.getIds(), longs(actual.ids()), text);
        assertArrayEquals(expected.getTokens(), actual.tokens(), text);
        assertArrayEquals(expected.getTypeIds(), longs(actual.typeIds()), text);
        assertArrayEquals(expected.getAttentionMask(), longs(actual.attentionMask()), text);
        assertArrayEquals(expected.getSpecialTokenMask(), longs(actual.specialTokensMask()), text);
        assertArrayEquals(expected.getWordIds(), longs(actual.wordIds()), text);
        CharSpan[] spans = expected.getCharTokenSpans();
        for (int i = 0; i < spans.length; i++) {
            // The binding leaves special tokens without a span.
            int start = spans[i] == null ? 0 : spans[i].getStart();
            int end = spans[i] == null ? 0 : spans[i].getEnd();
            assertEquals(start, actual.starts()[i], text);
            assertEquals(end, actual.ends()[i], text);
        }
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    private static Tokenizer ours(String name) throws IOException {
        return new JsonTokenizerFactory(64, 1 << 20).read(name, resource(name));
    }

    private static HuggingFaceTokenizer theirs(String name) throws IOException {
        return HuggingFaceTokenizer.newInstance(resource(name), Map.of("truncation", "false", "padding", "false"));
    }

    private static InputStream resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                HuggingFaceEqualityTest.class.getClassLoader().getResourceAsStream(name), name)) {
            return new ByteArrayInputStream(in.readAllBytes());
        }
    }
}
