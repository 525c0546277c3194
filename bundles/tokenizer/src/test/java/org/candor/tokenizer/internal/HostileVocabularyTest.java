package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.candor.api.tokenize.EmbeddedVocabulary;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Text made to break byte pairs and Unigram. Limits are far above what linear work needs, far below what quadratic would. */
class HostileVocabularyTest {
    private static final int MEGA = 1_000_000;

    @Test
    void aMillionOfOneCharacterIsLinear() {
        for (EmbeddedVocabulary vocabulary : vocabularies()) {
            Tokenizer tokenizer = SmallVocabularies.read(vocabulary);
            for (String c :
                    List.of("a", " ", "\n", "'", "\u4F60", "\u0000", "\u0301", "\uD83D\uDE00", "\u2581", "<s>")) {
                Encoding encoding = soon(tokenizer, c.repeat(MEGA / c.length()));
                assertEquals(encoding.ids().length, encoding.ends().length);
            }
        }
    }

    @Test
    void aLetterWithAHundredThousandMarksIsLinear() {
        for (EmbeddedVocabulary vocabulary : vocabularies()) {
            soon(SmallVocabularies.read(vocabulary), "a" + "\u0301\u0323\uD834\uDD65".repeat(100_000 / 3));
        }
    }

    @Test
    void unpairedSurrogatesCountAsReplacementCharacters() {
        for (EmbeddedVocabulary vocabulary : vocabularies()) {
            Tokenizer tokenizer = SmallVocabularies.read(vocabulary);
            assertArrayEquals(
                    tokenizer.encode("a\uFFFDb \uFFFD\uFFFD c").ids(),
                    tokenizer.encode("a\uD800b \uDC00\uD83D c").ids());
        }
    }

    /** The fast way of byte-level pieces, and the memory of words, change nothing. */
    @Test
    void theFastWayEqualsEveryStageByItself() {
        PipelineTokenizer tokenizer =
                (PipelineTokenizer) SmallVocabularies.read(SmallVocabularies.byteLevel("llama-bpe"));
        SequenceEncoder slow = tokenizer.encoder().stepByStep();
        Random random = new Random(3);
        int[] alphabet = "aahelo  \n'\u4F60\u00E9\uD83D\uDE00<end>".codePoints().toArray();
        EncodeBuffers buffers = new EncodeBuffers();
        for (int round = 0; round < 5_000; round++) {
            int[] points = random.ints(random.nextInt(60), 0, alphabet.length)
                    .map(i -> alphabet[i])
                    .toArray();
            String text = new String(points, 0, points.length);
            Encoding fast = tokenizer.encode(new TokenizerInput.Text(text), new EncodeOptions(false, null, null));
            slow.text(text, buffers, buffers.first());
            EncodingArrays expected = new EncodingArrays(buffers.first().length());
            expected.sequence(0, buffers.first(), 0, buffers.first().length(), 0, 0);
            assertArrayEquals(expected.ids, fast.ids(), text);
            assertArrayEquals(expected.starts, fast.starts(), text);
            assertArrayEquals(expected.ends, fast.ends(), text);
            assertArrayEquals(expected.wordIds, fast.wordIds(), text);
        }
    }

    private static List<EmbeddedVocabulary> vocabularies() {
        return List.of(
                SmallVocabularies.byteLevel("llama-bpe"),
                SmallVocabularies.byteLevel("deepseek-v3"),
                SmallVocabularies.sentencePieces(),
                SmallVocabularies.unigram());
    }

    private static Encoding soon(Tokenizer tokenizer, String text) {
        return Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> tokenizer.encode(text));
    }
}
