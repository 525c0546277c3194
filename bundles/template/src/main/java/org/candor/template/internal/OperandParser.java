package org.candor.template.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.candor.template.internal.Expression.CallArguments;

/** Parses what operators stand between: literals, names, brackets, and the attributes, calls, filters and tests after them. */
final class OperandParser {
    private static final Set<String> TEST_ARGUMENT_ENDS = Set.of("else", "or", "and");
    /** Filters and tests whose first argument names another one. */
    private static final Set<String> NAMES_A_TEST = Set.of("select", "reject", "selectattr", "rejectattr");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final Set<String> mentioned = new HashSet<>();

    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** The names that were read, until whoever asks takes them out. */
    Set<String> mentioned() {
        return mentioned;
    }

    Expression primary() {
        Token token = tokens.current();
        switch (token.type()) {
            case NAME -> {
                tokens.next();
                return switch (token.text()) {
                    case "true", "True" -> new Expression.Literal(true, token.line());
                    case "false", "False" -> new Expression.Literal(false, token.line());
                    case "none", "None" -> new Expression.Literal(null, token.line());
                    default -> {
                        mentioned.add(token.text());
                        yield new Expression.Name(token.text(), token.line());
                    }
                };
            }
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (tokens.is(Token.Type.STRING)) {
                    text.append(tokens.next().text());
                }
                return new Expression.Literal(text.toString(), token.line());
            }
            case INTEGER, FLOAT -> {
                tokens.next();
                return new Expression.Literal(token.value(), token.line());
            }
            default -> {
                return bracketed();
            }
        }
    }

    private Expression bracketed() {
        int line = tokens.line();
        tokens.enter();
        Expression value;
        if (tokens.skipOperator("(")) {
            value = expressions.parenthesised();
            tokens.expectOperator(")");
        } else if (tokens.skipOperator("[")) {
            List<Expression> items = new ArrayList<>();
            while (!tokens.skipOperator("]")) {
                separate(items.isEmpty(), "]");
                if (!tokens.isOperator("]")) {
                    items.add(expressions.expression());
                }
            }
            value = new Expression.ListOf(List.copyOf(items), line);
        } else if (tokens.skipOperator("{")) {
            List<Expression> keys = new ArrayList<>();
            List<Expression> values = new ArrayList<>();
            while (!tokens.skipOperator("}")) {
                separate(keys.isEmpty(), "}");
                if (!tokens.isOperator("}")) {
                    keys.add(expressions.expression());
                    tokens.expectOperator(":");
                    values.add(expressions.expression());
                }
            }
            value = new Expression.DictOf(List.copyOf(keys), List.copyOf(values), line);
        } else {
            throw tokens.expected("an expression");
        }
        tokens.leave();
        return value;
    }

    private void separate(boolean first, String end) {
        if (!first && !tokens.skipOperator(",")) {
            throw tokens.expected("',' or '" + end + "'");
        }
    }

    /** Attributes, items and calls after a value. */
    Expression postfix(Expression start) {
        Expression value = start;
        for (int i = 0; ; i++) {
            tokens.chained(i);
            if (tokens.isOperator(".")) {
                value = attribute(value);
            } else if (tokens.isOperator("[")) {
                value = subscript(value);
            } else if (tokens.isOperator("(")) {
                int line = tokens.line();
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    /** Filters, tests and calls after a value. */
    Expression filters(Expression start) {
        Expression value = start;
        for (int i = 0; ; i++) {
            int line = tokens.chained(i);
            if (tokens.isOperator("|")) {
                tokens.next();
                value = filter(value);
            } else if (tokens.isName("is")) {
                value = test(value);
            } else if (tokens.isOperator("(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    /** Filters at the head of a block: {@code a | b} or, where {@code piped}, {@code | a | b}. */
    Expression filterChain(boolean piped) {
        Expression value = piped ? null : filter(null);
        for (int i = 0; tokens.isOperator("|"); i++) {
            tokens.chained(i);
            tokens.next();
            value = filter(value);
        }
        return value;
    }

    private Expression filter(Expression input) {
        int line = tokens.line();
        String name = dotted();
        BuiltinFilter filter = Filters.named(name);
        if (filter == null) {
            throw Fault.unsupported(line, "there is no filter \"" + name + "\"");
        }
        CallArguments arguments = tokens.isOperator("(") ? arguments() : CallArguments.NONE;
        checkNamed(name, arguments, line);
        return new Expression.Filter(input, name, filter, arguments, line);
    }

    /** {@code map('upper')} and {@code select('odd')} name a filter or a test: that it exists is checked here too. */
    private static void checkNamed(String name, CallArguments arguments, int line) {
        int position = name.endsWith("attr") ? 1 : 0;
        if (arguments.positional().size() <= position
                || !(arguments.positional().get(position) instanceof Expression.Literal literal)
                || !(literal.value() instanceof String named)) {
            return;
        }
        if (name.equals("map") && Filters.named(named) == null) {
            throw Fault.unsupported(line, "there is no filter \"" + named + "\"");
        }
        if (NAMES_A_TEST.contains(name) && Tests.named(named) == null) {
            throw Fault.unsupported(line, "there is no test \"" + named + "\"");
        }
    }

    private Expression test(Expression input) {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        String name = dotted();
        BuiltinTest test = Tests.named(name);
        if (test == null) {
            throw Fault.unsupported(line, "there is no test \"" + name + "\"");
        }
        CallArguments arguments = CallArguments.NONE;
        if (tokens.isOperator("(")) {
            arguments = arguments();
        } else if (argumentFollows()) {
            if (tokens.isName("is")) {
                throw Fault.syntax(line, "tests with is cannot be chained");
            }
            tokens.enter();
            Expression argument = postfix(primary());
            tokens.leave();
            arguments = new CallArguments(List.of(argument), List.of(), List.of(), null, null);
        }
        Expression value = new Expression.Test(input, name, test, arguments, line);
        return negated ? new Expression.Not(value, line) : value;
    }

    private boolean argumentFollows() {
        return switch (tokens.current().type()) {
            case NAME -> !TEST_ARGUMENT_ENDS.contains(tokens.current().text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> tokens.isOperator("[") || tokens.isOperator("{");
            default -> false;
        };
    }

    private String dotted() {
        StringBuilder name = new StringBuilder(tokens.expect(Token.Type.NAME).text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Token.Type.NAME).text());
        }
        return name.toString();
    }

    private Expression attribute(Expression of) {
        int line = tokens.next().line();
        Token name = tokens.next();
        return switch (name.type()) {
            case NAME -> new Expression.Attribute(of, name.text(), line);
            case INTEGER -> new Expression.Item(of, new Expression.Literal(name.value(), line), line);
            default ->
                throw Fault.syntax(name.line(), "expected a name or a number after '.', got " + name.described());
        };
    }

    private Expression subscript(Expression of) {
        int line = tokens.next().line();
        tokens.enter();
        Expression value;
        Expression from = tokens.isOperator(":") ? null : expressions.expression();
        if (tokens.skipOperator(":")) {
            Expression to = tokens.isOperator(":") || tokens.isOperator("]") ? null : expressions.expression();
            Expression step = tokens.skipOperator(":") && !tokens.isOperator("]") ? expressions.expression() : null;
            value = new Expression.Slice(of, from, to, step, line);
        } else if (tokens.isOperator(",")) {
            List<Expression> keys = new ArrayList<>(List.of(from));
            while (tokens.skipOperator(",")) {
                keys.add(expressions.expression());
            }
            value = new Expression.Item(of, new Expression.TupleOf(List.copyOf(keys), line), line);
        } else {
            value = new Expression.Item(of, from, line);
        }
        tokens.expectOperator("]");
        tokens.leave();
        return value;
    }

    private CallArguments arguments() {
        tokens.expectOperator("(");
        tokens.enter();
        List<Expression> positional = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Expression> named = new ArrayList<>();
        Expression star = null;
        Expression doubleStar = null;
        boolean first = true;
        while (!tokens.skipOperator(")")) {
            separate(first, ")");
            first = false;
            int line = tokens.line();
            if (tokens.isOperator(")")) {
                continue;
            }
            if (tokens.skipOperator("*")) {
                inOrder(star == null && doubleStar == null, line);
                star = expressions.expression();
            } else if (tokens.skipOperator("**")) {
                inOrder(doubleStar == null, line);
                doubleStar = expressions.expression();
            } else if (tokens.is(Token.Type.NAME) && tokens.ahead().isOperator("=")) {
                inOrder(doubleStar == null, line);
                String name = tokens.next().text();
                tokens.next();
                if (names.contains(name)) {
                    throw Fault.syntax(line, "argument " + name + " is given twice");
                }
                names.add(name);
                named.add(expressions.expression());
            } else {
                inOrder(star == null && doubleStar == null && names.isEmpty(), line);
                positional.add(expressions.expression());
            }
        }
        tokens.leave();
        return new CallArguments(List.copyOf(positional), List.copyOf(names), List.copyOf(named), star, doubleStar);
    }

    private static void inOrder(boolean inOrder, int line) {
        if (!inOrder) {
            throw Fault.syntax(line, "arguments come as: by position, by name, one *list, one **dict");
        }
    }
}
