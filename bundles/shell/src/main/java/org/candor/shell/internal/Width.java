package org.candor.shell.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Text in terminal columns. Chinese, Japanese and Korean characters take two (Unicode Standard Annex 11, wide and
 * fullwidth), combining marks none.
 */
public final class Width {

    /** First and last code points of the blocks whose characters are two columns wide. */
    private static final int[][] WIDE = {
        {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},
        {0xA960, 0xA97C}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6F}, {0xFF01, 0xFF60},
        {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD}
    };

    private Width() {}

    /** Columns that the text takes. */
    public static int of(String text) {
        return text.codePoints().map(Width::of).sum();
    }

    private static int of(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        for (int[] block : WIDE) {
            if (codePoint >= block[0] && codePoint <= block[1]) {
                return 2;
            }
        }
        return 1;
    }

    /** The text when it fits into so many columns, else its beginning and an ellipsis. */
    static String cut(String text, int columns) {
        if (of(text) <= columns) {
            return text;
        }
        StringBuilder cut = new StringBuilder();
        int taken = 0;
        for (int c : text.codePoints().toArray()) {
            if (taken + of(c) > columns - 1) {
                break;
            }
            cut.appendCodePoint(c);
            taken += of(c);
        }
        return cut.append('…').toString();
    }

    /** Lines of at most so many columns, broken at blanks, and anywhere between wide characters. */
    public static List<String> wrap(String text, int columns) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : harmless(text).split("\n", -1)) {
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.split("(?<= )|(?<=[\\u2E80-\\u9FFF\\uF900-\\uFAFF\\uFF00-\\uFFEF])")) {
                if (!line.isEmpty() && of(line + word.stripTrailing()) > columns) {
                    lines.add(line.toString().stripTrailing());
                    line.setLength(0);
                }
                line.append(word);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** Text of others as it may go to a terminal: control characters and direction overrides become U+FFFD. */
    public static String harmless(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean direction = c == 0x061C
                    || c >= 0x200E && c <= 0x200F
                    || c >= 0x202A && c <= 0x202E
                    || c >= 0x2066 && c <= 0x2069;
            if (c == '\t') {
                safe.append("    ");
            } else if (c != '\n' && (Character.isISOControl(c) || direction)) {
                safe.append('\uFFFD');
            } else {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }
}
