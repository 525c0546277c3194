package org.candor.template.internal;

import java.util.List;

/** Tokens being parsed, with the checks that parsers make of them. */
final class TokenStream {
    /** Deepest nesting of expressions and statements in a source. */
    private static final int MOST_NESTING = 300;

    /** Longest chain of operators of one kind; a chain is as deep in evaluation as it is long. */
    private static final int MOST_CHAINED = 200;

    private final List<Token> tokens;
    private int at;
    private int depth;

    /** @param tokens ending in {@code END} */
    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token next() {
        Token token = tokens.get(at);
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    Token ahead() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    int line() {
        return current().line();
    }

    boolean is(Token.Type type) {
        return current().type() == type;
    }

    boolean isName(String name) {
        return current().isName(name);
    }

    boolean isOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean skipName(String name) {
        if (isName(name)) {
            next();
            return true;
        }
        return false;
    }

    boolean skipOperator(String operator) {
        if (isOperator(operator)) {
            next();
            return true;
        }
        return false;
    }

    Token expect(Token.Type type) {
        if (!is(type)) {
            throw expected(type.words());
        }
        return next();
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw expected("'" + name + "'");
        }
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw expected("'" + operator + "'");
        }
    }

    /** A complaint about the current token. */
    Fault expected(String what) {
        return Fault.syntax(line(), "expected " + what + ", got " + current().described());
    }

    /** One level deeper; each needs a {@link #leave()}. */
    void enter() {
        if (++depth > MOST_NESTING) {
            throw Fault.syntax(line(), "nested more than " + MOST_NESTING + " deep");
        }
    }

    void leave() {
        depth--;
    }

    /** Checks how many operators of a chain were before this one; gives its line. */
    int chained(int count) {
        if (count > MOST_CHAINED) {
            throw Fault.syntax(line(), "more than " + MOST_CHAINED + " operators in a row");
        }
        return line();
    }
}
