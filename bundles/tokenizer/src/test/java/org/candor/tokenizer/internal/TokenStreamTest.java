package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Random;
import org.candor.api.tokenize.EmbeddedVocabulary;
import org.candor.api.tokenize.TokenStream;
import org.candor.api.tokenize.Tokenizer;
import org.junit.jupiter.api.Test;

class TokenStreamTest {
    private static final List<String> TEXTS =
            List.of("hello \u4F60\u597D", "\uD83D\uDC4D\uD83C\uDFFD a\u0301", " a  b\n", "aaaa ab");

    @Test
    void chunksOfTextAddUpAndNoneEndsInsideACharacter() {
        for (EmbeddedVocabulary vocabulary : vocabularies()) {
            Tokenizer tokenizer = SmallVocabularies.read(vocabulary);
            for (String text : TEXTS) {
                int[] ids = tokenizer.encode(text).ids();
                StringBuilder all = new StringBuilder();
                TokenStream stream = tokenizer.stream(true);
                for (int id : ids) {
                    String chunk = stream.next(id);
                    assertFalse(chunk.endsWith("\uFFFD"), vocabulary.model() + " " + text);
                    assertFalse(!chunk.isEmpty() && Character.isHighSurrogate(chunk.charAt(chunk.length() - 1)), text);
                    all.append(chunk);
                }
                assertEquals(
                        tokenizer.decode(ids, true), all.append(stream.finish()).toString());
            }
        }
    }

    @Test
    void chunksOfRandomByteTokensAddUpToTheWhole() {
        Tokenizer tokenizer = SmallVocabularies.read(SmallVocabularies.byteLevel("gpt-2"));
        Random random = new Random(9);
        for (int round = 0; round < 2_000; round++) {
            int[] ids = random.ints(random.nextInt(30), 0, 270).toArray();
            StringBuilder all = new StringBuilder();
            TokenStream stream = tokenizer.stream(false);
            for (int id : ids) {
                all.append(stream.next(id));
            }
            assertEquals(
                    tokenizer.decode(ids, false), all.append(stream.finish()).toString());
        }
    }

    @Test
    void bytesThatAreNoTextAreHeldBackToTheEnd() {
        Tokenizer tokenizer = SmallVocabularies.read(SmallVocabularies.byteLevel("gpt-2"));
        TokenStream stream = tokenizer.stream(true);
        assertEquals("", stream.next(0xE4));
        assertEquals("", stream.next(0xBD));
        assertEquals("\u4F60", stream.next(0xA0));
        assertEquals("", stream.next(0xFF));
        assertEquals("\uFFFDa", stream.next('a'));
        assertEquals("", stream.next(0xF0));
        assertEquals("\uFFFD", stream.finish());
        assertEquals("", stream.finish());
    }

    @Test
    void aLongRunOfDamageEndsInTime() {
        Tokenizer tokenizer = SmallVocabularies.read(SmallVocabularies.sentencePieces());
        TokenStream stream = tokenizer.stream(true);
        int length = 0;
        for (int i = 0; i < 10_000; i++) {
            length += stream.next(3 + 0xFF).length();
        }
        assertEquals(10_000, length + stream.finish().length());
    }

    private static List<EmbeddedVocabulary> vocabularies() {
        return List.of(
                SmallVocabularies.byteLevel("llama-bpe"),
                SmallVocabularies.sentencePieces(),
                SmallVocabularies.unigram());
    }
}
