package org.candor.template.internal;

/** A template's text, with one kind of line end. */
final class Source {
    private static final int SHOWN = 60;

    private final String text;

    private Source(String text) {
        this.text = text;
    }

    /** CR LF and CR become LF; a last line end is no part of the template. */
    static Source of(String original) {
        String text = original.indexOf('\r') < 0
                ? original
                : original.replace("\r\n", "\n").replace('\r', '\n');
        return new Source(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
    }

    String text() {
        return text;
    }

    /** White space as Python's {@code str.isspace} and {@code \s} see it (Unicode 15). */
    static boolean isSpace(int c) {
        return c <= ' '
                ? c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f)
                : c == 0x85
                        || c == 0xa0
                        || c == 0x1680
                        || (c >= 0x2000 && c <= 0x200a)
                        || c == 0x2028
                        || c == 0x2029
                        || c == 0x202f
                        || c == 0x205f
                        || c == 0x3000;
    }

    /** Text for a message: long ones are cut. */
    static String shortened(String text) {
        return text.length() <= SHOWN
                ? text
                : text.substring(0, text.offsetByCodePoints(0, Math.min(SHOWN, text.codePointCount(0, text.length()))))
                        + "...";
    }
}
