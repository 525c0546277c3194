package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer.Form;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class UnicodeTablesTest {
    private final UnicodeTables tables = UnicodeTables.load();

    @Test
    void everyClassHoldsTheCharactersOfTheReference() throws IOException {
        Map<String, Object> classes =
                JsonSection.read("unicode-classes", reference()).object("classes");
        same(classes, "bert_clean_text_removes", tables.set("clean-removes")::contains);
        same(
                classes,
                "bert_clean_text_to_space",
                c -> c == ' ' || tables.set("clean-blanks").contains(c));
        same(classes, "bert_chinese", tables.set("chinese")::contains);
        same(classes, "strip_accents_removes", tables.set("accents")::contains);
        same(classes, "nmt_removes", tables.set("nmt-removes")::contains);
        same(classes, "nmt_to_space", tables.set("nmt-blanks")::contains);
        same(classes, "strip_trims", c -> is(c, UnicodeTables.WHITE_SPACE));
        same(classes, "whitespace_split_drops", c -> is(c, UnicodeTables.WHITE_SPACE));
        same(classes, "bert_pretokenizer_isolates", c -> is(c, UnicodeTables.PUNCTUATION));
        same(classes, "punctuation_isolates", c -> is(c, UnicodeTables.PUNCTUATION));
        same(classes, "digits_isolates", c -> is(c, UnicodeTables.DIGIT));
        same(classes, "whitespace_word", c -> is(c, UnicodeTables.WORD));
        BertNormalizer strip = new BertNormalizer(tables, false, false, true, false);
        same(classes, "bert_strip_accents_removes", c -> normalized(strip, Character.toString(c))
                .isEmpty());
    }

    @Test
    void lowerCaseIsThatOfTheReference() throws IOException {
        Map<String, Object> lowercase =
                JsonSection.read("unicode-classes", reference()).object("lowercase");
        Lowercase normalizer = new Lowercase(tables);
        for (int c = 0; c < 0x40000; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                String key = String.format("%04X", c);
                String expected = lowercase.get(key) instanceof String hex ? text(hex) : Character.toString(c);
                assertEquals(expected, normalized(normalizer, Character.toString(c)), key);
            }
        }
    }

    @Test
    void normalFormsEqualTheJdkOnOldCharacters() {
        // Characters of Unicode 1.1 to 6: the JDK and the tables know the same about them.
        int[] alphabet = alphabet();
        Random random = new Random(7);
        for (Form form : Form.values()) {
            UnicodeForm ours = UnicodeForm.of(
                    tables, form == Form.NFKC || form == Form.NFKD, form == Form.NFC || form == Form.NFKC);
            for (int round = 0; round < 20_000; round++) {
                StringBuilder text = new StringBuilder();
                int length = 1 + random.nextInt(8);
                for (int i = 0; i < length; i++) {
                    text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
                }
                String input = text.toString();
                assertEquals(java.text.Normalizer.normalize(input, form), normalized(ours, input), form + " " + input);
            }
        }
    }

    @Test
    void onePassOfTheBertNormalizerEqualsItsSteps() {
        BertNormalizer onePass = new BertNormalizer(tables, true, true, true, true);
        NormalizerSequence steps = new NormalizerSequence(List.of(
                new BertNormalizer(tables, true, true, false, false),
                UnicodeForm.of(tables, false, false),
                new StripAccents(tables.set("bert-accents")),
                new Lowercase(tables)));
        int[] alphabet = alphabet();
        Random random = new Random(8);
        for (int round = 0; round < 50_000; round++) {
            int[] points = random.ints(1 + random.nextInt(8), 0, alphabet.length)
                    .map(i -> alphabet[i])
                    .toArray();
            NormalizedText a = apply(onePass, points);
            NormalizedText b = apply(steps, points);
            assertEquals(b.text(0, b.length()), a.text(0, a.length()));
            for (int i = 0; i < a.length(); i++) {
                assertEquals(b.positions()[i], a.positions()[i], new String(points, 0, points.length));
            }
        }
    }

    /** Letters, composites, marks of several classes, jamo, ideographs, controls, blanks. */
    private static int[] alphabet() {
        return ("aZ \t\u0000\u00AD.é\u00C5\u0130ßĳſ\u01C5\u0300\u0301\u0307\u0315\u031B\u0323\u0327\u0328\u0334\u0338\u0344"
                        + "\u0345ṩ\u1E9B\u0323ự\u1100\u1161\u11A8가각힣\u302E\u3099がカ\u0915\u093C\u0958\u05D0\u05B7\u05BC\uFB2C"
                        + "㎏ﬁﷺ①Å\u2126豈一㐀\uD834\uDD5E\uD834\uDD65\uD834\uDD58\uD840\uDC00\uDB40\uDC20\uFEFF\u2028")
                .codePoints()
                .toArray();
    }

    private static NormalizedText apply(Normalizer normalizer, int[] points) {
        NormalizedText text = new NormalizedText(0);
        text.set(points, 0, points.length);
        normalizer.apply(text);
        return text;
    }

    private static String normalized(Normalizer normalizer, String input) {
        NormalizedText text = apply(normalizer, input.codePoints().toArray());
        return text.text(0, text.length());
    }

    private boolean is(int codePoint, int bit) {
        return (tables.classes().get(codePoint) & bit) != 0;
    }

    private static void same(Map<String, Object> classes, String name, IntPredicate ours) {
        BitSet expected = new BitSet();
        for (Object range : (List<?>) ((Map<?, ?>) classes.get(name)).get("ranges")) {
            List<?> bounds = (List<?>) range;
            int first = Integer.parseInt((String) bounds.getFirst(), 16);
            expected.set(first, Integer.parseInt((String) bounds.getLast(), 16) + 1);
        }
        assertTrue(expected.cardinality() > 0, name);
        for (int c = 0; c < 0xE1000; c = c == 0x3FFFF ? 0xE0000 : c == 0xD7FF ? 0xE000 : c + 1) {
            // Of the private characters the reference asks only a few.
            boolean asked = Character.getType(c) != Character.PRIVATE_USE || expected.get(c);
            assertEquals(expected.get(c), asked && ours.test(c), name + " " + Integer.toHexString(c));
        }
    }

    private static String text(String hex) {
        StringBuilder text = new StringBuilder();
        for (String point : hex.split(" ")) {
            text.appendCodePoint(Integer.parseInt(point, 16));
        }
        return text.toString();
    }

    private static byte[] reference() throws IOException {
        Path file = Path.of(
                System.getProperty("candor.shared", "../shared"), "reference/tokenizers/unicode-classes.json.gz");
        Assumptions.assumeTrue(Files.exists(file), "no reference at " + file);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }
}
