package org.candor.policy.internal.cedar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.policy.internal.cedar.CedarLexer.Kind;
import org.candor.policy.internal.cedar.CedarLexer.Token;
import org.candor.policy.internal.cedar.Expression.Operator;
import org.candor.policy.internal.cedar.Expression.Part;

/**
 * Reads policies in Cedar's own syntax: recursive descent over the published grammar. Templates are refused, because
 * nothing here links them. Deeply nested text is refused before it costs the stack.
 */
public final class CedarParser {

    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int DEEPEST = 100;
    private static final int MOST_SIGNS = 4;
    private static final int LONGEST_CHAIN = 500;
    private static final Set<String> RESERVED =
            Set.of("true", "false", "if", "then", "else", "in", "is", "like", "has");
    private static final Map<String, Part> PARTS = Map.of(
            "principal", Part.PRINCIPAL, "action", Part.ACTION, "resource", Part.RESOURCE, "context", Part.CONTEXT);
    private static final Map<String, Operator> RELATIONS = Map.of(
            "==", Operator.EQUAL,
            "!=", Operator.UNEQUAL,
            "<", Operator.LESS,
            "<=", Operator.LESS_OR_EQUAL,
            ">", Operator.GREATER,
            ">=", Operator.GREATER_OR_EQUAL,
            "in", Operator.IN);
    private static final Expression TRUE = new Expression.Literal(true);

    private final String name;
    private final String source;
    private final List<Token> tokens;
    private int position;
    private int depth;

    private CedarParser(String name, String source) {
        this.name = name;
        this.source = source;
        this.tokens = CedarLexer.tokens(source);
    }

    /**
     * The policies of one text, in order.
     *
     * @param name what identifiers begin with, for policies that have no annotation {@code id}: {@code name#0} is the first
     * @throws CedarSyntaxException naming line and column
     */
    public static List<CedarPolicy> parse(String name, String source) {
        if (source.length() > MOST_CHARACTERS) {
            throw new CedarSyntaxException(1, 1, "the text has more than " + MOST_CHARACTERS + " characters");
        }
        return new CedarParser(name, source).policies();
    }

    private List<CedarPolicy> policies() {
        List<CedarPolicy> policies = new ArrayList<>();
        while (peek().kind() != Kind.END) {
            policies.add(policy(policies.size()));
        }
        return policies;
    }

    private CedarPolicy policy(int number) {
        int start = peek().start();
        Map<String, String> annotations = new LinkedHashMap<>();
        while (peek().is("@")) {
            Token at = take();
            String key = word("the name of an annotation").text();
            String value = "";
            if (accept("(")) {
                Token text = text("the text of an annotation");
                value = unescape(text);
                expect(")");
            }
            if (annotations.put(key, value) != null) {
                throw error(at, "the annotation @" + key + " is there twice");
            }
        }
        Token effect = word("permit or forbid");
        if (!effect.text().equals("permit") && !effect.text().equals("forbid")) {
            throw unexpected(effect, "permit or forbid");
        }
        expect("(");
        List<Expression> scope = new ArrayList<>();
        scope.add(scope(Part.PRINCIPAL, "principal"));
        expect(",");
        scope.add(scope(Part.ACTION, "action"));
        expect(",");
        scope.add(scope(Part.RESOURCE, "resource"));
        expect(")");
        List<Expression> conditions = new ArrayList<>();
        while (peek().is("when") || peek().is("unless")) {
            boolean when = take().text().equals("when");
            expect("{");
            Expression condition = expression();
            expect("}");
            conditions.add(when ? condition : new Expression.Not(condition));
        }
        Token end = peek();
        expect(";");
        String id = annotations.getOrDefault("id", name + "#" + number);
        return new CedarPolicy(
                id, effect.text().equals("permit"), annotations, scope, conditions, source.substring(start, end.end()));
    }

    private Expression scope(Part part, String word) {
        expect(word);
        Expression variable = new Expression.Variable(part);
        if (accept("==")) {
            return new Expression.Binary(Operator.EQUAL, variable, entity());
        }
        if (part == Part.ACTION) {
            if (!accept("in")) {
                return TRUE;
            }
            if (!accept("[")) {
                return new Expression.Binary(Operator.IN, variable, entity());
            }
            List<Expression> entities = new ArrayList<>();
            while (!accept("]")) {
                if (!entities.isEmpty()) {
                    expect(",");
                }
                entities.add(entity());
            }
            return new Expression.Binary(Operator.IN, variable, new Expression.SetOf(entities));
        }
        if (accept("is")) {
            String type = path();
            return new Expression.Is(variable, type, accept("in") ? entity() : null);
        }
        return accept("in") ? new Expression.Binary(Operator.IN, variable, entity()) : TRUE;
    }

    private Expression entity() {
        if (peek().is("?")) {
            throw error(peek(), "templates are not supported; name an entity, for example Role::\"viewer\"");
        }
        String type = path();
        expect("::");
        return new Expression.Literal(new EntityId(type, unescape(text("the identifier of an entity in quotes"))));
    }

    private String path() {
        StringBuilder path = new StringBuilder(identifier("the name of an entity type"));
        while (peek().is("::") && peek(1).kind() == Kind.WORD) {
            take();
            path.append("::").append(identifier("the name of an entity type"));
        }
        return path.toString();
    }

    private Expression expression() {
        if (++depth > DEEPEST) {
            throw error(peek(), "this is nested deeper than " + DEEPEST);
        }
        try {
            if (accept("if")) {
                Expression condition = expression();
                expect("then");
                Expression then = expression();
                expect("else");
                return new Expression.If(condition, then, expression());
            }
            return or();
        } finally {
            depth--;
        }
    }

    private void checkChain(int links) {
        if (links > LONGEST_CHAIN) {
            throw error(peek(), "at most " + LONGEST_CHAIN + " operations may follow each other without brackets");
        }
    }

    private Expression or() {
        Expression left = and();
        for (int links = 0; accept("||"); links++) {
            checkChain(links);
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = relation();
        for (int links = 0; accept("&&"); links++) {
            checkChain(links);
            left = new Expression.And(left, relation());
        }
        return left;
    }

    private Expression relation() {
        Expression left = sum();
        Token token = peek();
        if (token.kind() == Kind.TEXT || token.kind() == Kind.NUMBER) {
            return left;
        }
        Operator operator = RELATIONS.get(token.text());
        if (operator != null) {
            take();
            return new Expression.Binary(operator, left, sum());
        }
        if (accept("has")) {
            if (peek().kind() == Kind.TEXT) {
                return new Expression.Has(left, List.of(unescape(take())));
            }
            List<String> path = new ArrayList<>();
            do {
                path.add(identifier("the name of an attribute"));
            } while (accept("."));
            return new Expression.Has(left, path);
        }
        if (accept("like")) {
            return new Expression.Like(left, wildcards(text("a pattern in quotes")));
        }
        if (accept("is")) {
            String type = path();
            return new Expression.Is(left, type, accept("in") ? sum() : null);
        }
        return left;
    }

    private Expression sum() {
        Expression left = product();
        for (int links = 0; ; links++) {
            checkChain(links);
            if (accept("+")) {
                left = new Expression.Binary(Operator.PLUS, left, product());
            } else if (accept("-")) {
                left = new Expression.Binary(Operator.MINUS, left, product());
            } else {
                return left;
            }
        }
    }

    private Expression product() {
        Expression left = unary();
        for (int links = 0; accept("*"); links++) {
            checkChain(links);
            left = new Expression.Binary(Operator.TIMES, left, unary());
        }
        return left;
    }

    private Expression unary() {
        Token first = peek();
        int signs = 0;
        if (first.is("!") || first.is("-")) {
            while (peek().is(first.text())) {
                take();
                if (++signs > MOST_SIGNS) {
                    throw error(first, "at most " + MOST_SIGNS + " of " + first.text() + " in a row");
                }
            }
        }
        boolean negative = first.is("-");
        Expression operand;
        if (negative && peek().kind() == Kind.NUMBER && !isAccess(peek(1))) {
            // The smallest number has no positive counterpart, so the last sign belongs to the number.
            operand = new Expression.Literal(number(take(), "-"));
            signs--;
        } else {
            operand = member();
        }
        for (int i = 0; i < signs; i++) {
            operand = negative ? new Expression.Negate(operand) : new Expression.Not(operand);
        }
        return operand;
    }

    private static boolean isAccess(Token token) {
        return token.is(".") || token.is("[");
    }

    private Expression member() {
        Expression value = primary();
        for (int links = 0; ; links++) {
            checkChain(links);
            if (accept("[")) {
                value = new Expression.Attribute(value, unescape(text("the name of an attribute in quotes")));
                expect("]");
            } else if (accept(".")) {
                String attribute = identifier("the name of an attribute or method");
                value = peek().is("(")
                        ? new Expression.Call(value, attribute, arguments())
                        : new Expression.Attribute(value, attribute);
            } else {
                return value;
            }
        }
    }

    private List<Expression> arguments() {
        expect("(");
        return until(")");
    }

    private List<Expression> until(String end) {
        List<Expression> list = new ArrayList<>();
        while (!accept(end)) {
            if (!list.isEmpty()) {
                expect(",");
            }
            list.add(expression());
        }
        return list;
    }

    private Expression primary() {
        Token token = peek();
        return switch (token.kind()) {
            case TEXT -> new Expression.Literal(unescape(take()));
            case NUMBER -> new Expression.Literal(number(take(), ""));
            case WORD -> named();
            case SIGN, END -> grouped();
        };
    }

    private Expression grouped() {
        if (accept("(")) {
            Expression inner = expression();
            expect(")");
            return inner;
        }
        if (accept("[")) {
            return new Expression.SetOf(until("]"));
        }
        if (accept("{")) {
            Map<String, Expression> members = new LinkedHashMap<>();
            while (!accept("}")) {
                if (!members.isEmpty()) {
                    expect(",");
                }
                Token key = take();
                if (key.kind() != Kind.WORD && key.kind() != Kind.TEXT) {
                    throw unexpected(key, "the name of an attribute");
                }
                String attribute = key.kind() == Kind.TEXT ? unescape(key) : key.text();
                expect(":");
                if (members.put(attribute, expression()) != null) {
                    throw error(key, "the attribute \"" + attribute + "\" is there twice");
                }
            }
            return new Expression.RecordOf(members);
        }
        throw unexpected(peek(), "a value");
    }

    private Expression named() {
        Token token = peek();
        if (token.text().equals("true") || token.text().equals("false")) {
            take();
            return new Expression.Literal(token.text().equals("true"));
        }
        String path = path();
        if (peek().is("::")) {
            take();
            return new Expression.Literal(new EntityId(path, unescape(text("the identifier of an entity in quotes"))));
        }
        if (peek().is("(")) {
            return new Expression.Function(path, arguments());
        }
        Part part = PARTS.get(path);
        if (part == null) {
            throw unexpected(token, "principal, action, resource, context, an entity, a function or a value");
        }
        return new Expression.Variable(part);
    }

    private long number(Token token, String sign) {
        try {
            return Long.parseLong(sign + token.text());
        } catch (NumberFormatException e) {
            throw error(token, "numbers are -2^63 to 2^63-1");
        }
    }

    private Wildcards wildcards(Token token) {
        String raw = token.text();
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < raw.length(); ) {
            char c = raw.charAt(i);
            if (c == '*') {
                parts.add(part.toString());
                part.setLength(0);
                i++;
            } else if (c == '\\' && i + 1 < raw.length() && raw.charAt(i + 1) == '*') {
                part.append('*');
                i += 2;
            } else {
                i = unescape(token, i, part);
            }
        }
        parts.add(part.toString());
        return new Wildcards(parts);
    }

    private String unescape(Token token) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < token.text().length(); ) {
            i = unescape(token, i, text);
        }
        return text.toString();
    }

    /** Takes one character or escape at {@code at}; returns where the next one begins. */
    private int unescape(Token token, int at, StringBuilder into) {
        String raw = token.text();
        char c = raw.charAt(at);
        if (c != '\\') {
            into.append(c);
            return at + 1;
        }
        char kind = raw.charAt(at + 1);
        switch (kind) {
            case 'n' -> into.append('\n');
            case 'r' -> into.append('\r');
            case 't' -> into.append('\t');
            case '0' -> into.append('\0');
            case '\\', '"', '\'' -> into.append(kind);
            case 'x' -> {
                into.append((char) hexadecimal(token, at, at + 2, at + 4, 0x7f));
                return at + 4;
            }
            case 'u' -> {
                int end = raw.indexOf('}', at);
                if (end < 0 || !raw.startsWith("{", at + 2)) {
                    throw error(token, "\\u is followed by a code point in braces, for example \\u{1f600}");
                }
                into.appendCodePoint(hexadecimal(token, at, at + 3, end, Character.MAX_CODE_POINT));
                return end + 1;
            }
            default ->
                throw error(
                        token, "\\" + kind + " is no escape; allowed are \\n \\r \\t \\0 \\\\ \\\" \\' \\xHH \\u{H}");
        }
        return at + 2;
    }

    private int hexadecimal(Token token, int at, int start, int end, int most) {
        String raw = token.text();
        if (end <= raw.length() && end > start && end - start <= 6) {
            String digits = raw.substring(start, end);
            if (digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
                int value = Integer.parseInt(digits, 16);
                if (value <= most && (value < Character.MIN_SURROGATE || value > Character.MAX_SURROGATE)) {
                    return value;
                }
            }
        }
        throw error(token, "\"" + raw.substring(at, Math.min(end, raw.length())) + "\" names no character");
    }

    private Token peek() {
        return peek(0);
    }

    private Token peek(int ahead) {
        return tokens.get(Math.min(position + ahead, tokens.size() - 1));
    }

    private Token take() {
        Token token = peek();
        position++;
        return token;
    }

    private boolean accept(String sign) {
        if (!peek().is(sign)) {
            return false;
        }
        position++;
        return true;
    }

    private void expect(String sign) {
        if (!accept(sign)) {
            throw unexpected(peek(), sign);
        }
    }

    private Token word(String what) {
        if (peek().kind() != Kind.WORD) {
            throw unexpected(peek(), what);
        }
        return take();
    }

    private String identifier(String what) {
        Token word = word(what);
        if (RESERVED.contains(word.text())) {
            throw error(word, "\"" + word.text() + "\" is a word of the language and no name");
        }
        return word.text();
    }

    private Token text(String what) {
        if (peek().kind() != Kind.TEXT) {
            throw unexpected(peek(), what);
        }
        return take();
    }

    private CedarSyntaxException unexpected(Token found, String wanted) {
        return error(found, "\"" + found.text() + "\" was found where " + wanted + " belongs");
    }

    private CedarSyntaxException error(Token token, String message) {
        return CedarLexer.error(source, token.start(), message);
    }
}
