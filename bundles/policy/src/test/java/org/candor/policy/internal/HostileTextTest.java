package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PersonalData.Kind;
import org.candor.api.policy.PersonalData.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTextTest {
    private final PersonalData detector = new PersonalDataDetector();

    /** Counts how often a detector looks at a character. */
    private static final class CountedText implements CharSequence {
        private final String text;
        private long looks;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            looks++;
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            looks += end - start;
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            throw new UnsupportedOperationException("would copy the text");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "@",
                "a",
                ".",
                "+",
                "-",
                " ",
                "(",
                "a@",
                "a.",
                "@a.",
                "1 ",
                "1-",
                "0 ",
                "01 ",
                "00",
                "+1",
                "+1 (",
                "4111 ",
                "DE89",
                "D",
                "DE8 ",
                "138",
                "13812345678",
                "415-555-013",
                "(415) 555",
                "a@b.c",
                "x--.",
                "张",
                "4111111111111111 ",
                "08-",
                "8"
            })
    void workGrowsOnlyWithTheLengthOfTheText(String unit) {
        looksAreBounded(unit.repeat(200_000 / unit.length()), unit);
    }

    @Test
    void aMegabyteOfAllOfThemToo() {
        Random random = new Random(17);
        String[] parts = {"1", "@", "a.", "+1 (", "4111 ", "DE89", "0 ", "415-", "-", " ", "张"};
        StringBuilder text = new StringBuilder();
        while (text.length() < 1_000_000) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        looksAreBounded(text.toString(), "a mixture");
    }

    private static void looksAreBounded(String text, String unit) {
        for (Detector one : List.of(new EmailDetector(), new IbanDetector(), new CardDetector(), new PhoneDetector())) {
            CountedText counted = new CountedText(text);
            one.find(counted, (start, end) -> {});
            assertTrue(
                    counted.looks < 400L * text.length(),
                    one.getClass().getSimpleName() + " looked " + counted.looks + " times at " + text.length()
                            + " characters of \"" + unit + "\"");
        }
    }

    @Property(tries = 2_000)
    void maskingKeepsLengthAndEverythingOutsideTheSpans(
            @ForAll
                    @StringLength(max = 120)
                    @Chars({'@', '.', '+', '-', ' ', '(', ')', 'a', 'D', 'E', '中', '\u2588', '\uD83D', '\uDE00'})
                    @CharRange(from = '0', to = '9')
                    String text) {
        List<Span> spans = detector.find(text, EnumSet.allOf(Kind.class));
        int[] before = text.codePoints().toArray();
        int[] after = detector.mask(text, spans).codePoints().toArray();
        assertEquals(before.length, after.length);
        int last = 0;
        boolean[] covered = new boolean[before.length];
        for (Span span : spans) {
            assertTrue(
                    span.start() >= last && span.end() > span.start() && span.end() <= before.length, span.toString());
            last = span.end();
            Arrays.fill(covered, span.start(), span.end(), true);
        }
        for (int i = 0; i < before.length; i++) {
            assertEquals(covered[i] ? 0x2588 : before[i], after[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void arbitraryTextEndsInOrderedSpans(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        String[] parts = {
            "a@b.org",
            "4111 1111 1111 1111",
            "+49 30 1234567",
            "GB29 NWBK 6016 1331 9268 19",
            " ",
            "-",
            "9",
            "x",
            "\uD83D"
        };
        while (text.length() < 20_000) {
            text.append(
                    random.nextInt(3) == 0
                            ? Character.toString(random.nextInt(0x10FFFF))
                            : parts[random.nextInt(parts.length)]);
        }
        int last = 0;
        for (Span span : detector.find(text.toString(), EnumSet.allOf(Kind.class))) {
            assertTrue(span.start() >= last && span.end() > span.start(), "seed " + seed + ": " + span);
            last = span.end();
        }
        assertTrue(last > 0, "seed " + seed);
    }
}
