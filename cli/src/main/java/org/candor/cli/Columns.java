package org.candor.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Text in terminal columns. Chinese, Japanese and Korean characters take two (Unicode Standard Annex 11, wide and
 * fullwidth), combining marks none.
 */
final class Columns {

    /** First and last code points of the blocks whose characters are two columns wide. */
    private static final int[][] WIDE = {
        {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},
        {0xA960, 0xA97C}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6F}, {0xFF01, 0xFF60},
        {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD}
    };

    /** Chinese punctuation that must not begin a line. */
    private static final String NEVER_FIRST = "。，、；：？！）」』】》〉”’…％";

    private static final int TAB = 4;

    private Columns() {}

    /** Columns that {@code text} takes. */
    static int width(String text) {
        return text.codePoints().map(Columns::width).sum();
    }

    static int width(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        return isWide(codePoint) ? 2 : 1;
    }

    private static boolean isWide(int codePoint) {
        for (int[] block : WIDE) {
            if (codePoint >= block[0] && codePoint <= block[1]) {
                return true;
            }
        }
        return false;
    }

    /**
     * Text from a document as it may go to a terminal: escape sequences, control characters and direction overrides are
     * replaced by U+FFFD, so that a document cannot play the terminal.
     */
    static String harmless(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\n') {
                safe.append('\n');
            } else if (c == '\t') {
                safe.append(" ".repeat(TAB));
            } else if (Character.isISOControl(c) || isDirectionControl(c)) {
                if (c != '\r') {
                    safe.append('\uFFFD');
                }
            } else {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }

    private static boolean isDirectionControl(int codePoint) {
        return codePoint >= 0x202A && codePoint <= 0x202E || codePoint >= 0x2066 && codePoint <= 0x2069;
    }

    /**
     * Breaks text into lines of at most {@code columns}: at spaces, and between wide characters. A word that is longer than
     * a line is left whole: it may be a path or a digest that somebody copies.
     *
     * @param columns 0 for no wrapping
     */
    static List<String> wrap(String text, int columns) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            if (columns <= 0) {
                lines.add(paragraph);
            } else {
                wrapParagraph(paragraph, columns, lines);
            }
        }
        return lines;
    }

    private static void wrapParagraph(String paragraph, int columns, List<String> lines) {
        StringBuilder line = new StringBuilder();
        int used = 0;
        for (String piece : pieces(paragraph)) {
            int width = width(piece.stripTrailing());
            if (used > 0 && used + width > columns) {
                lines.add(line.toString().stripTrailing());
                line.setLength(0);
                used = 0;
            }
            line.append(piece);
            used += width(piece);
        }
        lines.add(line.toString().stripTrailing());
    }

    /** What must stay together: a word with its spaces, or one wide character with the punctuation after it. */
    private static List<String> pieces(String paragraph) {
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        int previous = -1;
        for (int c : paragraph.codePoints().toArray()) {
            if (previous >= 0 && mayBreakBetween(previous, c)) {
                pieces.add(piece.toString());
                piece.setLength(0);
            }
            piece.appendCodePoint(c);
            previous = c;
        }
        if (!piece.isEmpty()) {
            pieces.add(piece.toString());
        }
        return pieces;
    }

    private static boolean mayBreakBetween(int before, int after) {
        if (after == ' ' || NEVER_FIRST.indexOf(after) >= 0 || width(after) == 0) {
            return false;
        }
        return before == ' ' || isWide(before) || isWide(after);
    }
}
