package org.candor.tokenizer.internal.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.tokenizer.internal.TableSets;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {
    private static final CharacterSets SETS = TableSets.load();

    /** Expectations are those of Oniguruma through the tokenizers library 0.23.3 (Split, behaviour removed, inverted). */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "a|ab ~ abab ~ a,a",
                "a{2} ~ aaaaa ~ aa,aa",
                "a{,2}b ~ aaab ~ aab",
                "[a-c&&[^b]]+ ~ abcacb ~ a,cac",
                "a+?b?? ~ aab ~ a,a",
                "(?>a+)ab ~ aaab ~ ``",
                "a++b ~ aaab ~ aaab",
                "(?<=x)a|b ~ xaab ~ a,b",
                "(?<!x|yy)a ~ xayyaza ~ a",
                "(?i:K) ~ kK\u212A ~ k,K,\u212A",
                "(?i)'s|t ~ 'S'\u017FT ~ 'S,'\u017F,T",
                "\\p{^L}+ ~ ab12c ~ 12",
                "[[:alpha:]_]+ ~ a_1b ~ a_,b",
                "\\h+ ~ xfFz ~ fF",
                "(?:a|b)*c ~ ababcab ~ ababc",
                "\\bfoo\\b ~ foo food foo ~ foo,foo",
                "^b ~ `b\nb` ~ b,b",
                "b$ ~ `b\nb` ~ b,b",
                "\\x{61}\\u0062 ~ ab ~ ab",
                "[\\]a-]+ ~ ]a-b ~ ]a-",
                "(?x: a b ) ~ ab ~ ab",
                "\\p{Han}+ ~ a\u4E2D\u6587b ~ \u4E2D\u6587",
                "\\p{Katakana}+|\\d+ ~ \u30AB7\u0661 ~ \u30AB,7\u0661"
            })
    void anExpressionFindsWhatOnigurumaFinds(String expression, String text, String expected)
            throws RegexSyntaxException {
        List<String> wanted = expected == null || expected.isEmpty() ? List.of() : List.of(expected.split(","));
        int[] points = text.codePoints().toArray();
        List<String> found = new ArrayList<>();
        for (int[] span : spans(Regex.compile(expression, SETS), points)) {
            found.add(new String(points, span[0], span[1] - span[0]));
        }
        assertEquals(wanted, found, expression);
    }

    /** On letters alone the JDK's expressions mean the same, but for empty matches right behind another. */
    @Test
    void randomExpressionsFindWhatTheJdkFinds() throws RegexSyntaxException {
        Random random = new Random(20261126);
        for (int round = 0; round < 20_000; round++) {
            String expression = expression(random, 3);
            String text = letters(random, random.nextInt(12));
            List<String> expected = new ArrayList<>();
            Matcher jdk = Pattern.compile(expression).matcher(text);
            int before = -1;
            while (jdk.find()) {
                if (jdk.end() > jdk.start() || jdk.end() != before) {
                    expected.add(jdk.start() + "-" + jdk.end());
                }
                before = jdk.end();
            }
            List<String> found = new ArrayList<>();
            for (int[] span :
                    spans(Regex.compile(expression, SETS), text.codePoints().toArray())) {
                found.add(span[0] + "-" + span[1]);
            }
            assertEquals(expected, found, "round " + round + ": " + expression + " on " + text);
        }
    }

    private static String expression(Random random, int depth) {
        int kind = depth == 0 ? random.nextInt(3) : random.nextInt(10);
        return switch (kind) {
            case 0, 1 -> letters(random, 1);
            case 2 -> random.nextBoolean() ? "[ab]" : "[^c]";
            case 3, 4 -> expression(random, depth - 1) + expression(random, depth - 1);
            case 5 -> "(?:" + expression(random, depth - 1) + "|" + expression(random, depth - 1) + ")";
            case 6 ->
                "(?:" + expression(random, depth - 1) + ")"
                        + List.of("*", "+", "?", "*?", "+?", "??").get(random.nextInt(6));
            case 7 ->
                "(?:" + letters(random, 1) + ")"
                        + List.of("{2}", "{1,2}", "{0,1}", "{2,}").get(random.nextInt(4));
            case 8 -> "(?" + (random.nextBoolean() ? "=" : "!") + expression(random, depth - 1) + ")";
            default -> "(?>" + expression(random, depth - 1) + ")";
        };
    }

    private static String letters(Random random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a)\\1",
                "(?~a)",
                "\\X",
                "\\K",
                "\\G",
                "(?i:ss)",
                "(?i)stra\u00DFe",
                "(?<=a+)b",
                "\\p{Nonsense}",
                "[[:nonsense:]]",
                "(?(1)a)",
                "(?s:.)",
                "a{2,1}",
                "\\k<n>"
            })
    void whatIsNotSupportedIsNamed(String expression) {
        RegexSyntaxException e = assertThrows(RegexSyntaxException.class, () -> Regex.compile(expression, SETS));
        assertTrue(e.getMessage().contains("not supported"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a", "a)", "[a", "*a", "\\x{110000}", "a{1001}", "[b-a]", "(?<n", "\\u12", "\\"})
    void damageIsRefusedWithItsPlace(String expression) {
        RegexSyntaxException e = assertThrows(RegexSyntaxException.class, () -> Regex.compile(expression, SETS));
        assertTrue(e.getMessage().contains(" at character "), e.getMessage());
    }

    @Test
    void mutatedExpressionsAreCompiledOrRefused() {
        String seed =
                "(?i:'s|'t)|[^\\r\\n\\p{L}&&[a-z]]?+\\p{Lu}{1,3}|(?<=a)\\s+(?!\\S)|\\x{41}[[:alpha:]]*?|(?>b|c)\\u0041";
        String signs = "()[]{}|*+?\\^-&:<=!>,19px\u00DF";
        Random random = new Random(5);
        int compiled = 0;
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder(seed);
            for (int i = 0; i < 3; i++) {
                int at = random.nextInt(text.length());
                if (random.nextBoolean()) {
                    text.deleteCharAt(at);
                } else {
                    text.insert(at, signs.charAt(random.nextInt(signs.length())));
                }
            }
            try {
                Regex regex = Regex.compile(text.toString(), SETS);
                spans(regex, "abc'S \r\n xyz123".codePoints().toArray());
                compiled++;
            } catch (RegexSyntaxException e) {
                assertTrue(!e.getMessage().isEmpty());
            }
        }
        assertTrue(compiled > 200, compiled + " compiled");
    }

    /** Each of these takes exponential or quadratic time in a plain backtracking search. */
    @ParameterizedTest
    @ValueSource(
            strings = {"(?:a|a)*b", "(?:a*)*b", "(?:a+)+$b", "a+b", "a*a*a*b", "(?:aa|a)+b", "(?=a*b)a", "(?:a?){20}b"})
    void hostileExpressionsStayLinear(String expression) throws RegexSyntaxException {
        Regex regex = Regex.compile(expression, SETS);
        int[] text = new int[200_000];
        Arrays.fill(text, 'a');
        List<int[]> found = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(120), () -> spans(regex, text));
        assertEquals(0, found.size());
    }

    private static List<int[]> spans(Regex regex, int[] points) {
        RegexMatcher matcher = new RegexMatcher(regex);
        matcher.reset(points, 0, points.length);
        List<int[]> spans = new ArrayList<>();
        while (matcher.find()) {
            spans.add(new int[] {matcher.start(), matcher.end()});
        }
        return spans;
    }
}
