package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Text made to break tokenizers. The limits are far above what linear work needs and far below what quadratic work would. */
class HostileTextTest {
    private static final int MEGA = 1_000_000;
    private final Tokenizer tokenizer = tokenizer();

    @Test
    void aMillionOfOneCharacterIsLinear() {
        for (String c :
                List.of("a", " ", ".", "\u4E00", "\u0000", "\u0301", "[", "\uAC01", "\uD83D\uDE00", "\uD834\uDD65")) {
            Encoding encoding = soon(c.repeat(MEGA));
            assertEquals(encoding.ids().length, encoding.starts().length);
        }
    }

    @Test
    void aLetterWithAHundredThousandMarksIsLinear() {
        Encoding encoding = soon("a" + "\u0301\u0323\uD834\uDD65".repeat(100_000 / 3));
        assertTrue(encoding.length() >= 2);
    }

    @Test
    void aMillionMaskTokensAreFound() {
        Encoding encoding = soon("[MASK]".repeat(MEGA / 6));
        assertEquals(MEGA / 6 + 2, encoding.length());
    }

    @Test
    void unpairedSurrogatesCountAsReplacementCharacters() {
        Encoding broken = tokenizer.encode("a\uD800b \uDC00\uD83D c");
        Encoding replaced = tokenizer.encode("a\uFFFDb \uFFFD\uFFFD c");
        assertArrayEquals(replaced.ids(), broken.ids());
        assertArrayEquals(replaced.starts(), broken.starts());
        assertArrayEquals(replaced.ends(), broken.ends());
    }

    @Test
    void overflowOfTwoLongTextsCostsNothingUntilItIsRead() {
        String text = "a ".repeat(100_000);
        Encoding encoding = Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> tokenizer.encode(new TokenizerInput.Pair(text, text), EncodeOptions.truncatedAt(64)));
        assertEquals(64, encoding.length());
        assertTrue(encoding.overflowing().size() > 10_000_000);
        assertEquals(64, encoding.overflowing().get(123_456).length());
    }

    private Encoding soon(String text) {
        return Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> tokenizer.encode(text));
    }

    private static Tokenizer tokenizer() {
        try {
            return new JsonTokenizerFactory(1, 100_000)
                    .read("small.json", new ByteArrayInputStream(TokenizerFileTest.small()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
