package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.candor.tokenizer.internal.regex.Regex;
import org.candor.tokenizer.internal.regex.RegexSyntaxException;
import org.junit.jupiter.api.Test;

class KnownSplitTest {
    /** Letters of every case and none, marks, numbers, blanks, line ends, signs, contractions. */
    private static final int[] ALPHABET =
            ("aBsStTrReEvVmMlLdD''  \t\r\n\n/.,!-_09\u00B2\u0661\u00E9\u00C9\u01C5\u02B0\u0301\u0903\u4E2D\u3042\u0E01\u0E31\u05D0"
                            + "\u017F\u00A0\u3000\u0085\u2028\u200B\u00AD\u20AC\uFFFD\u0000\uD83D\uDE00\uD835\uDC00\u216B")
                    .codePoints()
                    .toArray();

    private final UnicodeTables tables = UnicodeTables.load();

    @Test
    void theFastWayEqualsTheExpression() throws RegexSyntaxException {
        RegexSets sets = new RegexSets(tables);
        for (String expression : KnownSplit.expressions()) {
            KnownSplit known = KnownSplit.of(expression, tables);
            assertNotNull(known);
            PatternSplit general = new PatternSplit(Regex.compile(expression, sets), false, SplitBehavior.ISOLATED);
            Random random = new Random(42);
            for (int round = 0; round < 20_000; round++) {
                int[] points = random.ints(1 + random.nextInt(14), 0, ALPHABET.length)
                        .map(i -> ALPHABET[i])
                        .toArray();
                assertEquals(
                        pieces(general, points),
                        pieces(known, points),
                        expression + " on " + new String(points, 0, points.length));
            }
        }
    }

    private static List<String> pieces(PreTokenizer preTokenizer, int[] points) {
        NormalizedText text = new NormalizedText(0);
        text.set(points, 0, points.length);
        Pieces pieces = new Pieces(text);
        pieces.reset(0, points.length);
        preTokenizer.apply(pieces);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < pieces.count(); i++) {
            found.add(pieces.from(i) + "-" + pieces.to(i));
        }
        return found;
    }
}
