package org.candor.template.internal;

/** The escapes of a Python string literal (Python language reference, 2.4.1.1). */
final class StringLiteral {
    private StringLiteral() {}

    /**
     * @param raw what stands between the quotes
     * @param line for messages
     */
    static String unescape(String raw, int line) {
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        StringBuilder text = new StringBuilder(raw.length());
        int i = 0;
        while (i < raw.length()) {
            char c = raw.charAt(i++);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char kind = raw.charAt(i++);
            switch (kind) {
                case '\n' -> {}
                case '\\', '\'', '"' -> text.append(kind);
                case 'a' -> text.append('\u0007');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'v' -> text.append('\u000b');
                case 'x' -> i = hexadecimal(raw, i, 2, text, line);
                case 'u' -> i = hexadecimal(raw, i, 4, text, line);
                case 'U' -> i = hexadecimal(raw, i, 8, text, line);
                case 'N' -> i = named(raw, i, text, line);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    int value = kind - '0';
                    for (int digits = 1; digits < 3 && i < raw.length() && octal(raw.charAt(i)); digits++) {
                        value = value * 8 + raw.charAt(i++) - '0';
                    }
                    text.append((char) value);
                }
                // Python keeps the backslash of an escape that it does not know.
                default -> text.append('\\').append(kind);
            }
        }
        return text.toString();
    }

    private static boolean octal(char c) {
        return c >= '0' && c <= '7';
    }

    private static int hexadecimal(String raw, int from, int digits, StringBuilder text, int line) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < raw.length() && raw.charAt(i) < 128 ? Character.digit(raw.charAt(i), 16) : -1;
            if (digit < 0) {
                throw Fault.syntax(
                        line, "escape \\" + raw.charAt(from - 1) + " needs " + digits + " hexadecimal digits");
            }
            value = value * 16 + digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw Fault.syntax(line, "escape \\U is above 10FFFF");
        }
        text.appendCodePoint((int) value);
        return from + digits;
    }

    private static int named(String raw, int from, StringBuilder text, int line) {
        int end = raw.indexOf('}', from);
        if (from >= raw.length() || raw.charAt(from) != '{' || end < 0) {
            throw Fault.syntax(line, "escape \\N needs a character's name in braces");
        }
        String name = raw.substring(from + 1, end);
        try {
            text.appendCodePoint(Character.codePointOf(name));
        } catch (IllegalArgumentException e) {
            throw Fault.syntax(line, "escape \\N: no character is named \"" + Source.shortened(name) + "\"");
        }
        return end + 1;
    }
}
