package org.candor.policy.internal;

/**
 * The text as detectors read it, unit for unit: digits of every script, full-width letters and signs become ASCII; every
 * space becomes a space and every hyphen a hyphen. Positions stay as they are.
 */
final class FoldedText {
    private FoldedText() {}

    static String of(String text) {
        char[] folded = text.toCharArray();
        for (int i = 0; i < folded.length; i++) {
            if (folded[i] >= 0x80) {
                folded[i] = fold(folded[i]);
            }
        }
        return new String(folded);
    }

    private static char fold(char c) {
        if (c >= '\uFF01' && c <= '\uFF5E') {
            return (char) (c - 0xFEE0);
        }
        if (c >= '\u2010' && c <= '\u2015' || c == '\u2212' || c == '\uFE63') {
            return '-';
        }
        if (Character.isSpaceChar(c) && c != '\u2028' && c != '\u2029') {
            return ' ';
        }
        int digit = Character.digit(c, 10);
        return digit >= 0 ? (char) ('0' + digit) : c;
    }
}
