package org.candor.proof;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Recursive descent over a text that is read once. */
final class JsonParser {

    private final String text;
    private final boolean exact;
    private int at;

    /** @param exact refuse numbers that a binary64 does not hold as they are written, but only rounded */
    JsonParser(String text, boolean exact) {
        this.text = text;
        this.exact = exact;
    }

    Object parse() {
        Object value = value(0);
        skipSpace();
        if (at < text.length()) {
            throw wrong("text after the value");
        }
        return value;
    }

    private Object value(int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw wrong("nested deeper than " + Json.MAX_DEPTH);
        }
        skipSpace();
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true", Boolean.TRUE);
            case 'f' -> literal("false", Boolean.FALSE);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        skipSpace();
        if (accept('}')) {
            return members;
        }
        do {
            skipSpace();
            if (peek() != '"') {
                throw wrong("a member's name is needed");
            }
            String name = string();
            skipSpace();
            expect(':');
            if (members.containsKey(name)) {
                throw wrong("the member \"" + name + "\" is there twice");
            }
            members.put(name, value(depth + 1));
            skipSpace();
        } while (accept(','));
        expect('}');
        return members;
    }

    private List<Object> array(int depth) {
        List<Object> elements = new ArrayList<>();
        at++;
        skipSpace();
        if (accept(']')) {
            return elements;
        }
        do {
            elements.add(value(depth + 1));
            skipSpace();
        } while (accept(','));
        expect(']');
        return elements;
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        at++;
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                break;
            }
            if (c < 0x20) {
                throw wrong("a control character in a string has to be escaped");
            }
            out.append(c == '\\' ? escape() : c);
        }
        String string = out.toString();
        for (int i = 0; i < string.length(); i++) {
            if (Character.isSurrogate(string.charAt(i))) {
                Json.checkPaired(string, i);
            }
        }
        return string;
    }

    private char escape() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int unit = 0;
                for (int i = 0; i < 4; i++) {
                    char hex = peek();
                    int digit = hex < 128 ? Character.digit(hex, 16) : -1;
                    if (digit < 0) {
                        throw wrong("four hexadecimal digits are needed after \\u");
                    }
                    unit = unit << 4 | digit;
                    at++;
                }
                yield (char) unit;
            }
            default -> throw wrong("unknown escape");
        };
    }

    private Object literal(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw wrong("a value is needed");
        }
        at += word.length();
        return value;
    }

    private Object number() {
        int start = at;
        accept('-');
        if (accept('0')) {
            if (isDigit()) {
                throw wrong("a number has no leading zero");
            }
        } else {
            digits();
        }
        boolean whole = true;
        if (accept('.')) {
            whole = false;
            digits();
        }
        if (accept('e') || accept('E')) {
            whole = false;
            if (!accept('+')) {
                accept('-');
            }
            digits();
        }
        String number = text.substring(start, at);
        if (number.length() > 400) {
            throw wrong("a number of more than 400 characters");
        }
        if (whole && number.length() <= 17 && !number.equals("-0")) {
            long value = Long.parseLong(number);
            if (Math.abs(value) <= Json.MAX_SAFE) {
                return value;
            }
        }
        double value = Double.parseDouble(number);
        if (Double.isInfinite(value)) {
            throw wrong("a number beyond a binary64");
        }
        if (exact && !isExact(number, value)) {
            throw wrong("the number " + number + " has another value than " + EcmaScriptNumber.format(value)
                    + ", which it is read as");
        }
        return value;
    }

    private static boolean isExact(String number, double value) {
        if (value == 0) {
            String digits = number.split("[eE]", 2)[0];
            return digits.chars().allMatch(c -> c == '0' || c == '.');
        }
        return new BigDecimal(number).compareTo(new BigDecimal(EcmaScriptNumber.format(value))) == 0;
    }

    private void digits() {
        if (!isDigit()) {
            throw wrong("a value is needed");
        }
        while (isDigit()) {
            at++;
        }
    }

    private boolean isDigit() {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("the text ends too early");
        }
        return text.charAt(at);
    }

    private boolean accept(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw wrong("'" + c + "' is needed");
        }
    }

    private JsonException wrong(String what) {
        return new JsonException(what + ", at character " + at);
    }
}
