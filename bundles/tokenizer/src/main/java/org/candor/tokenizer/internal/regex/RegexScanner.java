package org.candor.tokenizer.internal.regex;

/** The characters of a regular expression, read one by one. */
final class RegexScanner {
    private final String expression;
    private final int[] points;
    private int at;

    RegexScanner(String expression) {
        this.expression = expression;
        this.points = expression.codePoints().toArray();
    }

    boolean atEnd() {
        return at >= points.length;
    }

    /** The next character, or -1. */
    int peek() {
        return peek(0);
    }

    int peek(int ahead) {
        return at + ahead < points.length ? points[at + ahead] : -1;
    }

    int next() {
        return atEnd() ? -1 : points[at++];
    }

    boolean accept(int c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    void skipTo(int end) throws RegexSyntaxException {
        while (!accept(end)) {
            if (next() < 0) {
                throw wrong("\"" + Character.toString(end) + "\" is missing");
            }
        }
    }

    /** White space and comments of the extended form. */
    boolean skipComment() {
        if (peek() == '#') {
            while (!atEnd() && next() != '\n') {
                continue;
            }
            return true;
        }
        if (peek() >= 0 && peek() <= ' ' && Character.isWhitespace(peek())) {
            at++;
            return true;
        }
        return false;
    }

    /** A character that stands for itself, escaped or not; -1, and nothing is read, when something else comes. */
    int literal() throws RegexSyntaxException {
        int c = peek();
        if (c == '\\') {
            at++;
            int literal = escapedLiteral();
            if (literal < 0) {
                at--;
            }
            return literal;
        }
        if ("^$.[|()?*+".indexOf(c) >= 0) {
            return -1;
        }
        at++;
        return c;
    }

    /** The character that an escape stands for, behind the backslash; -1, and nothing is read, when it is no character. */
    int escapedLiteral() throws RegexSyntaxException {
        int c = peek();
        switch (c) {
            case 'n', 'r', 't', 'f', 'v', 'a', 'e' -> {
                at++;
                return "\n\r\t\f\u000B\u0007\u001B".charAt("nrtfvae".indexOf(c));
            }
            case 'x' -> {
                at++;
                if (accept('{')) {
                    int value = digits(16, 1, 8);
                    if (!accept('}')) {
                        throw wrong("\"}\" is missing");
                    }
                    return value;
                }
                return digits(16, 1, 2);
            }
            case 'u' -> {
                at++;
                return digits(16, 4, 4);
            }
            case '0' -> {
                return digits(8, 1, 3);
            }
            default -> {
                if (c < 0 || c < 128 && Character.isLetterOrDigit(c)) {
                    return -1;
                }
                at++;
                return c;
            }
        }
    }

    private int digits(int radix, int least, int most) throws RegexSyntaxException {
        long value = 0;
        int count = 0;
        while (count < most && peek() >= 0 && peek() < 128 && Character.digit(peek(), radix) >= 0) {
            value = value * radix + Character.digit(next(), radix);
            count++;
        }
        if (count < least || value > Character.MAX_CODE_POINT) {
            throw wrong("a damaged character number");
        }
        return (int) value;
    }

    /** Bounds of {n}, {n,}, {,m} or {n,m}; null, and nothing is read, when the brace stands for itself. */
    int[] interval(int limit) throws RegexSyntaxException {
        int begin = at;
        if (!accept('{')) {
            return null;
        }
        int least = number(limit);
        int most = least;
        if (accept(',')) {
            most = number(limit);
            if (most < 0 && least < 0) {
                at = begin;
                return null;
            }
            least = Math.max(0, least);
        }
        if (!accept('}') || least < 0) {
            at = begin;
            return null;
        }
        if (most >= 0 && most < least) {
            throw unsupported("{" + least + "," + most + "}");
        }
        return new int[] {least, most};
    }

    private int number(int limit) throws RegexSyntaxException {
        int value = -1;
        while (peek() >= '0' && peek() <= '9') {
            value = Math.max(0, value) * 10 + next() - '0';
            if (value > limit) {
                throw wrong("a repetition of more than " + limit);
            }
        }
        return value;
    }

    RegexSyntaxException wrong(String what) {
        return new RegexSyntaxException(what + " at character " + at + " of \"" + shortened() + "\"");
    }

    RegexSyntaxException unsupported(String what) {
        return new RegexSyntaxException(
                "\"" + what + "\" at character " + at + " of \"" + shortened() + "\" is not supported");
    }

    private String shortened() {
        return expression.length() <= 200 ? expression : expression.substring(0, 200) + "...";
    }
}
