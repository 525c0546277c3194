package org.candor.template.internal;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens, as Jinja 3.1 does with {@code trim_blocks} and {@code lstrip_blocks}: the line end after a
 * block or comment tag goes, and so do blanks before one that stands first in its line.
 */
final class Lexer {
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    /** Whether what was read last ended a line; true at the start. */
    private boolean lineStart = true;

    private Lexer(String source) {
        this.source = source;
    }

    /** The tokens, ending in {@code END}. */
    static List<Token> tokens(Source source) {
        return new Lexer(source.text()).read();
    }

    private List<Token> read() {
        while (at < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                add(Token.Type.TEXT, source.substring(at));
                advance(source.length());
                break;
            }
            char kind = source.charAt(tag + 1);
            int inside = tag + 2;
            char sign = inside < source.length() ? source.charAt(inside) : ' ';
            boolean signed = sign == '-' || sign == '+';
            String text = before(source.substring(at, tag), signed ? sign : ' ', kind != '{');
            if (!text.isEmpty()) {
                add(Token.Type.TEXT, text);
            }
            advance(tag);
            int body = inside + (signed ? 1 : 0);
            switch (kind) {
                case '#' -> comment(body);
                case '{' -> {
                    add(Token.Type.PRINT_BEGIN, "");
                    advance(body);
                    expression(Token.Type.PRINT_END);
                }
                default -> {
                    int raw = rawBegin(body);
                    if (raw >= 0) {
                        raw(raw);
                    } else {
                        add(Token.Type.BLOCK_BEGIN, "");
                        advance(body);
                        expression(Token.Type.BLOCK_END);
                    }
                }
            }
        }
        add(Token.Type.END, "");
        return tokens;
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    /** Text before a tag, without the white space that the tag takes away. */
    private String before(String text, char sign, boolean block) {
        int end = text.length();
        if (sign == '-') {
            while (end > 0 && Source.isSpace(text.charAt(end - 1))) {
                end--;
            }
        } else if (sign != '+' && block) {
            int from = text.lastIndexOf('\n') + 1;
            if ((from > 0 || lineStart) && spaces(text, from) == end) {
                end = from;
            }
        }
        return text.substring(0, end);
    }

    private static int spaces(String text, int from) {
        int i = from;
        while (i < text.length() && Source.isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private void comment(int body) {
        int end = source.indexOf("#}", body);
        if (end < 0) {
            throw Fault.syntax(line, "the comment that begins here has no end: #} is missing");
        }
        char sign = end > body ? source.charAt(end - 1) : ' ';
        advance(afterTag(end + 2, sign));
    }

    /** The end of a tag and the white space it takes away: all after a minus, else one line end unless there is a plus. */
    private int afterTag(int end, char sign) {
        if (sign == '-') {
            return spaces(source, end);
        }
        return sign != '+' && end < source.length() && source.charAt(end) == '\n' ? end + 1 : end;
    }

    /** Where raw text begins if the tag is {@code raw}, else -1. */
    private int rawBegin(int body) {
        int i = spaces(source, body);
        if (!source.startsWith("raw", i)) {
            return -1;
        }
        i = spaces(source, i + 3);
        if (source.startsWith("%}", i)) {
            return i + 2;
        }
        return source.startsWith("-%}", i) ? spaces(source, i + 3) : -1;
    }

    private void raw(int begin) {
        advance(begin);
        for (int tag = source.indexOf("{%", begin); tag >= 0; tag = source.indexOf("{%", tag + 2)) {
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            boolean signed = sign == '-' || sign == '+';
            int i = spaces(source, tag + (signed ? 3 : 2));
            if (!source.startsWith("endraw", i)) {
                continue;
            }
            i = spaces(source, i + 6);
            char last = i < source.length() ? source.charAt(i) : ' ';
            int close = last == '-' || last == '+' ? i + 1 : i;
            if (source.startsWith("%}", close)) {
                String text = before(source.substring(begin, tag), signed ? sign : ' ', true);
                if (!text.isEmpty()) {
                    add(Token.Type.TEXT, text);
                }
                advance(afterTag(close + 2, close > i ? last : ' '));
                return;
            }
        }
        throw Fault.syntax(line, "raw text begins here and has no end: {% endraw %} is missing");
    }

    /** The tokens within a tag, and its end. */
    private void expression(Token.Type end) {
        String close = end == Token.Type.PRINT_END ? "}}" : "%}";
        int opened = line;
        Deque<String> brackets = new ArrayDeque<>();
        while (true) {
            advance(spaces(source, at));
            if (at >= source.length()) {
                throw Fault.syntax(opened, "the tag that begins here has no end: " + close + " is missing");
            }
            // Within braces "}}" closes two of them.
            if (brackets.isEmpty() && closes(end, close)) {
                return;
            }
            char c = source.charAt(at);
            if (c == '\'' || c == '"') {
                string(c);
            } else if (c >= '0' && c <= '9') {
                number();
            } else if (wordPart(source.codePointAt(at))) {
                name();
            } else {
                operator(brackets);
            }
        }
    }

    private boolean closes(Token.Type end, String close) {
        char c = source.charAt(at);
        boolean signed = c == '-' || (c == '+' && end == Token.Type.BLOCK_END);
        int tag = signed ? at + 1 : at;
        if (!source.startsWith(close, tag)) {
            return false;
        }
        add(end, "");
        int after = tag + 2;
        advance(end == Token.Type.BLOCK_END || c == '-' ? afterTag(after, signed ? c : ' ') : after);
        return true;
    }

    private void string(char quote) {
        int i = at + 1;
        while (i < source.length() && source.charAt(i) != quote) {
            i += source.charAt(i) == '\\' ? 2 : 1;
        }
        if (i >= source.length()) {
            throw Fault.syntax(line, "the string that begins here has no end: " + quote + " is missing");
        }
        add(Token.Type.STRING, StringLiteral.unescape(source.substring(at + 1, i), line));
        advance(i + 1);
    }

    private void name() {
        int i = at;
        while (i < source.length() && wordPart(source.codePointAt(i))) {
            i += Character.charCount(source.codePointAt(i));
        }
        String name = source.substring(at, i);
        if (!Character.isUnicodeIdentifierStart(name.codePointAt(0)) && name.charAt(0) != '_') {
            throw Fault.syntax(
                    line, "\"" + Source.shortened(name) + "\" is no name: it begins with neither letter nor _");
        }
        add(Token.Type.NAME, name);
        advance(i);
    }

    private static boolean wordPart(int c) {
        return c == '_'
                || Character.isLetterOrDigit(c)
                || (c > 127 && Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
    }

    /** Python's numbers: decimal, 0b, 0o and 0x, with single underscores between digits. */
    private void number() {
        int radix = at + 1 < source.length() && source.charAt(at) == '0'
                ? switch (source.charAt(at + 1)) {
                    case 'b', 'B' -> 2;
                    case 'o', 'O' -> 8;
                    case 'x', 'X' -> 16;
                    default -> 10;
                }
                : 10;
        if (radix != 10) {
            int begin = at + 2 < source.length() && source.charAt(at + 2) == '_' ? at + 3 : at + 2;
            int end = digits(begin, radix);
            if (end > begin) {
                integer(end, source.substring(begin, end), radix);
                return;
            }
        }
        int whole = digits(at, 10);
        boolean afterDot =
                !tokens.isEmpty() && tokens.getLast().isOperator(".") && at > 0 && source.charAt(at - 1) == '.';
        int end = afterDot ? whole : fraction(whole);
        if (end > whole) {
            String text = source.substring(at, end);
            tokens.add(new Token(Token.Type.FLOAT, text, Double.parseDouble(text.replace("_", "")), line));
            advance(end);
            return;
        }
        if (source.charAt(at) == '0') {
            // Python has no numbers with leading zeros; only zeros are a number.
            int zeros = at + 1;
            while (zeros < whole && (source.charAt(zeros) == '0' || source.charAt(zeros) == '_')) {
                zeros++;
            }
            whole = source.charAt(zeros - 1) == '_' ? zeros - 1 : zeros;
        }
        integer(whole, source.substring(at, whole), 10);
    }

    private void integer(int end, String digits, int radix) {
        String plain = digits.replace("_", "");
        if (plain.length() > Numbers.MOST_DIGITS) {
            throw Fault.syntax(line, "a number of " + plain.length() + " digits, at most " + Numbers.MOST_DIGITS);
        }
        Object value = Numbers.narrow(new BigInteger(plain, radix));
        tokens.add(new Token(Token.Type.INTEGER, source.substring(at, end), value, line));
        advance(end);
    }

    /** The end of a fraction or exponent after the whole part, or the end of the whole part. */
    private int fraction(int whole) {
        int end = whole;
        if (end + 1 < source.length() && source.charAt(end) == '.' && digits(end + 1, 10) > end + 1) {
            end = digits(end + 1, 10);
        }
        if (end < source.length() && (source.charAt(end) | 0x20) == 'e') {
            int sign = end + 1 < source.length() && (source.charAt(end + 1) == '+' || source.charAt(end + 1) == '-')
                    ? end + 2
                    : end + 1;
            int exponent = digits(sign, 10);
            return exponent > sign ? exponent : end;
        }
        return end;
    }

    /** The end of digits with single underscores between them. */
    private int digits(int from, int radix) {
        int i = from;
        while (i < source.length()) {
            char c = source.charAt(i);
            boolean digit = c < 128 && Character.digit(c, radix) >= 0;
            boolean between = c == '_'
                    && i > from
                    && i + 1 < source.length()
                    && source.charAt(i + 1) < 128
                    && Character.digit(source.charAt(i + 1), radix) >= 0;
            if (!digit && !between) {
                break;
            }
            i++;
        }
        return i;
    }

    private void operator(Deque<String> brackets) {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                balance(operator, brackets);
                add(Token.Type.OPERATOR, operator);
                advance(at + operator.length());
                return;
            }
        }
        throw Fault.syntax(line, "unexpected character '" + Character.toString(source.codePointAt(at)) + "'");
    }

    private void balance(String operator, Deque<String> brackets) {
        switch (operator) {
            case "(" -> brackets.push(")");
            case "[" -> brackets.push("]");
            case "{" -> brackets.push("}");
            case ")", "]", "}" -> {
                if (brackets.isEmpty()) {
                    throw Fault.syntax(line, "unexpected '" + operator + "'");
                }
                String expected = brackets.pop();
                if (!expected.equals(operator)) {
                    throw Fault.syntax(line, "unexpected '" + operator + "', expected '" + expected + "'");
                }
            }
            default -> {}
        }
    }

    private void add(Token.Type type, String text) {
        tokens.add(new Token(type, text, null, line));
    }

    private void advance(int to) {
        for (int i = at; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        if (to > at) {
            lineStart = source.charAt(to - 1) == '\n';
        }
        at = to;
    }
}
