package org.candor.policy.internal.cedar;

import java.util.ArrayList;
import java.util.List;

/** Splits the text of policies into tokens. */
final class CedarLexer {

    enum Kind {
        WORD,
        NUMBER,
        TEXT,
        SIGN,
        END
    }

    /**
     * @param kind what it is
     * @param text as written; of a text in quotes what stands between them, still escaped
     * @param start first UTF-16 unit in the source
     * @param end unit after the last
     */
    record Token(Kind kind, String text, int start, int end) {
        boolean is(String sign) {
            return (kind == Kind.SIGN || kind == Kind.WORD) && text.equals(sign);
        }
    }

    private static final List<String> SIGNS = List.of(
            "::", "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", "{", "}", ",", ";", ":", ".",
            "@", "+", "-", "*", "?");

    private final String source;

    private CedarLexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        return new CedarLexer(source).all();
    }

    static CedarSyntaxException error(String source, int at, String message) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < at; i++) {
            if (source.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new CedarSyntaxException(line, at - lineStart + 1, message);
    }

    private List<Token> all() {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (true) {
            at = afterSpace(at);
            if (at == source.length()) {
                tokens.add(new Token(Kind.END, "the end", at, at));
                return tokens;
            }
            Token token = next(at);
            tokens.add(token);
            at = token.end();
        }
    }

    private int afterSpace(int from) {
        int at = from;
        while (at < source.length()) {
            if (Character.isWhitespace(source.charAt(at))) {
                at++;
            } else if (source.startsWith("//", at)) {
                int end = source.indexOf('\n', at);
                at = end < 0 ? source.length() : end;
            } else {
                return at;
            }
        }
        return at;
    }

    private Token next(int start) {
        char first = source.charAt(start);
        if (first == '"') {
            return text(start);
        }
        if (isWordStart(first) || isDigit(first)) {
            int end = start + 1;
            while (end < source.length() && (isWordStart(source.charAt(end)) || isDigit(source.charAt(end)))) {
                end++;
            }
            String word = source.substring(start, end);
            if (!isDigit(first)) {
                return new Token(Kind.WORD, word, start, end);
            }
            if (!word.chars().allMatch(c -> isDigit((char) c))) {
                throw error(source, start, "\"" + word + "\" is neither a number nor a name");
            }
            return new Token(Kind.NUMBER, word, start, end);
        }
        for (String sign : SIGNS) {
            if (source.startsWith(sign, start)) {
                return new Token(Kind.SIGN, sign, start, start + sign.length());
            }
        }
        throw error(source, start, "the character U+%04X means nothing here".formatted(source.codePointAt(start)));
    }

    private Token text(int start) {
        for (int at = start + 1; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '"') {
                return new Token(Kind.TEXT, source.substring(start + 1, at), start, at + 1);
            }
        }
        throw error(source, start, "this text has no closing quote");
    }

    private static boolean isWordStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
