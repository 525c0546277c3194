package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerFormatException;
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
