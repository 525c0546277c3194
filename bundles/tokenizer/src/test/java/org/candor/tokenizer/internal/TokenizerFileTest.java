package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerFormatException;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.api.tokenize.Truncation;
import org.junit.jupiter.api.Test;

class TokenizerFileTest {
    private final JsonTokenizerFactory factory = new JsonTokenizerFactory(1, 100_000);

    @Test
    void anUnknownComponentIsNamedWithWhatIsSupported() {
        String message = refused("\"type\": \"BertPreTokenizer\"", "\"type\": \"Astral\"");
        assertEquals(
                "test.json: pre_tokenizer.type \"Astral\" is not supported (BertPreTokenizer, ByteLevel,"
                        + " CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation, Sequence, Split, UnicodeScripts,"
                        + " Whitespace and WhitespaceSplit are)",
                message);
    }

    @Test
    void aWrongValueIsNamedWithWhatIsAllowed() {
        assertEquals(
                "test.json: model.max_input_chars_per_word is -1, allowed is a whole number from 0 to 2147483647",
                refused("\"max_input_chars_per_word\": 100", "\"max_input_chars_per_word\": -1"));
        assertEquals(
                "test.json: model.unk_token is \"[NO]\", allowed is a token of the vocabulary",
                refused("\"unk_token\": \"[UNK]\"", "\"unk_token\": \"[NO]\""));
        assertEquals(
                "test.json: normalizer.lowercase is \"yes\", allowed is true or false",
                refused("\"lowercase\": true", "\"lowercase\": \"yes\""));
        assertTrue(refused("\"[PAD]\": 3", "\"[PAD]\": 1").contains("allowed is an id that no other token has"));
        assertTrue(refused("\"[PAD]\": 3", "\"[PAD]\": 100000").contains("from 0 to 99999"));
        assertTrue(refused("\"version\"", "\"model\"").contains("appears twice"));
    }

    @Test
    void aFileAboveTheLimitIsRefused() {
        byte[] large = new byte[(1 << 20) + 1];
        TokenizerFormatException e = assertThrows(
                TokenizerFormatException.class, () -> factory.read("large.json", new ByteArrayInputStream(large)));
        assertTrue(e.getMessage().contains("larger than 1 MiB"), e.getMessage());
    }

    @Test
    void aVocabularyAboveTheLimitIsRefused() {
        TokenizerFormatException e = assertThrows(TokenizerFormatException.class, () -> new JsonTokenizerFactory(1, 10)
                .read("test.json", new ByteArrayInputStream(small())));
        assertTrue(e.getMessage().contains("at most 10"), e.getMessage());
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "{\"normalizer\":".repeat(100_000);
        assertThrows(TokenizerFormatException.class, () -> read(deep));
        String sequences = "{\"type\":\"Sequence\",\"normalizers\":[".repeat(5_000);
        assertThrows(TokenizerFormatException.class, () -> read("{\"normalizer\":" + sequences));
    }

    @Test
    void limitsOutOfRangeFailActivation() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new JsonTokenizerFactory(0, 10));
        assertEquals("org.candor.tokenizer: maxFileMebibytes is 0, allowed is 1 to 1024", e.getMessage());
    }

    @Test
    void mutatedFilesAreReadOrRefusedClearly() throws IOException {
        byte[] original = small();
        Random random = new Random(20261123);
        int read = 0;
        int refused = 0;
        for (int round = 0; round < 2_500; round++) {
            byte[] mutated = mutate(original, random);
            try {
                Tokenizer tokenizer = factory.read("mutated.json", new ByteArrayInputStream(mutated));
                read++;
                use(tokenizer);
            } catch (TokenizerFormatException e) {
                refused++;
                assertNotNull(e.getMessage());
                assertTrue(e.getMessage().startsWith("mutated.json: "), e.getMessage());
            } catch (RuntimeException | Error e) {
                fail("round " + round + ": " + new String(mutated, StandardCharsets.UTF_8), e);
            }
        }
        assertTrue(read > 100 && refused > 1_000, read + " read, " + refused + " refused");
    }

    /** Kinds that the small BERT file does not have, with every value exchanged at some time. */
    @Test
    void mutatedFilesOfOtherKindsAreReadOrRefusedClearly() throws IOException {
        String unigram = """
                {"normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":"BAAAAAAEAAAA"},
                {"type":"Replace","pattern":{"Regex":" {2,}|^"},"content":"_"},{"type":"ByteLevel"}]},
                "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"UnicodeScripts"},{"type":"FixedLength","length":5},
                {"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":true}]},
                "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"Regex":"a+"},"content":"b"},
                {"type":"CTC","pad_token":"x","word_delimiter_token":"|","cleanup":true}]},
                "model":{"type":"Unigram","unk_id":0,"byte_fallback":true,
                "vocab":[["<unk>",0],["\u2581",-1.5],["a",-2],["ab",-2.5e0]]}}
                """;
        String bytePairs = """
                {"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?i:'s)|\\\\s+(?!\\\\S)|[^a]"},
                "behavior":"MergedWithNext","invert":true},{"type":"ByteLevel","add_prefix_space":true,"use_regex":true}]},
                "post_processor":{"type":"Sequence","processors":[{"type":"ByteLevel","trim_offsets":true},
                {"type":"RobertaProcessing","sep":["b",1],"cls":["a",0],"trim_offsets":true,"add_prefix_space":true}]},
                "decoder":{"type":"ByteLevel"},
                "model":{"type":"BPE","ignore_merges":true,"fuse_unk":true,"byte_fallback":true,"unk_token":"b",
                "vocab":{"a":0,"b":1,"ab":2,"aab":3},"merges":["a b",["a","ab"]]}}
                """;
        Random random = new Random(20261127);
        int read = 0;
        int refused = 0;
        for (int round = 0; round < 3_000; round++) {
            byte[] original = (round % 2 == 0 ? unigram : bytePairs).getBytes(StandardCharsets.UTF_8);
            byte[] mutated = mutate(original, random);
            try {
                use(factory.read("mutated.json", new ByteArrayInputStream(mutated)));
                read++;
            } catch (TokenizerFormatException e) {
                refused++;
                assertTrue(e.getMessage().startsWith("mutated.json: "), e.getMessage());
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().contains("has no token"), e.getMessage());
            } catch (RuntimeException | Error e) {
                fail("round " + round + ": " + new String(mutated, StandardCharsets.UTF_8), e);
            }
        }
        assertTrue(read > 100 && refused > 1_000, read + " read, " + refused + " refused");
    }

    private static void use(Tokenizer tokenizer) {
        tokenizer.encode("Hello, w\u00F6rld! [MASK] \uD83D\uDE00 unaffable");
        tokenizer.encode(new TokenizerInput.Pair("a b c d", "e f g h"), EncodeOptions.DEFAULT);
        try {
            tokenizer
                    .encode(new TokenizerInput.Text("a b c d e f"), EncodeOptions.truncatedAt(4))
                    .overflowing()
                    .forEach(e -> assertNotNull(e.ids()));
            tokenizer.encode(
                    java.util.List.of(new TokenizerInput.Text("a")),
                    new EncodeOptions(
                            true,
                            Truncation.at(64),
                            tokenizer.padding() == null || tokenizer.padding().length() > 1000
                                    ? null
                                    : tokenizer.padding()));
        } catch (IllegalArgumentException e) {
            // A template with more special tokens than the limit leaves no room.
            assertTrue(e.getMessage().contains("maxLength"), e.getMessage());
        }
        tokenizer.decode(new int[] {0, 1, 2, 3, 99_999, -1}, true);
    }

    /** Cuts, repeats, swaps and overwrites; half of the time one JSON value is exchanged for another. */
    private static byte[] mutate(byte[] original, Random random) {
        if (random.nextBoolean()) {
            String text = new String(original, StandardCharsets.UTF_8);
            String[] values = {
                "null",
                "-1",
                "1e99",
                "99999999999999999999",
                "\"\"",
                "\"\\ud800\"",
                "[]",
                "{}",
                "true",
                "[[]]",
                "0",
                "1"
            };
            int colon = text.indexOf(':', random.nextInt(text.length() - 200));
            int end = colon + 1;
            while (end < text.length() && ",}\n".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            String value = random.nextInt(3) == 0
                    ? Integer.toString(random.nextInt(2_000))
                    : values[random.nextInt(values.length)];
            return (text.substring(0, colon + 1) + value + text.substring(end)).getBytes(StandardCharsets.UTF_8);
        }
        byte[] mutated = original.clone();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            int at = random.nextInt(mutated.length);
            int length = Math.min(mutated.length - at, 1 + random.nextInt(40));
            switch (random.nextInt(4)) {
                case 0 -> mutated[at] = (byte) random.nextInt(256);
                case 1 -> mutated = java.util.Arrays.copyOf(mutated, Math.max(1, at));
                case 2 -> System.arraycopy(original, random.nextInt(original.length - length), mutated, at, length);
                default -> mutated[at] = "{}[]\",:\\0-".getBytes(StandardCharsets.US_ASCII)[random.nextInt(10)];
            }
        }
        return mutated;
    }

    private String refused(String target, String replacement) {
        String text = new String(small(), StandardCharsets.UTF_8);
        assertTrue(text.contains(target), target);
        return assertThrows(
                        TokenizerFormatException.class,
                        () -> read(text.replaceFirst(
                                java.util.regex.Pattern.quote(target),
                                java.util.regex.Matcher.quoteReplacement(replacement))))
                .getMessage();
    }

    private Tokenizer read(String json) throws IOException {
        return factory.read("test.json", new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    /** A small tokenizer of the BERT kind. */
    static byte[] small() {
        try (InputStream in = TokenizerFileTest.class.getResourceAsStream("small/tokenizer.json")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
