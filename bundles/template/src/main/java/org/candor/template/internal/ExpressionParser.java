package org.candor.template.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.candor.template.internal.Expression.Comparator;
import org.candor.template.internal.Expression.Operator;

/**
 * Parses expressions with Jinja's precedence, which is not Python's: {@code -2 ** 2} is 4, {@code ~} binds tighter than
 * {@code +}, and a filter tighter than any binary operator.
 */
final class ExpressionParser {
    private final TokenStream tokens;
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
    }

    /** The names that were read, until whoever asks takes them out. */
    Set<String> mentioned() {
        return operands.mentioned();
    }

    /** Filters at the head of a block: {@code a | b} or, where {@code piped}, {@code | a | b}. */
    Expression filterChain(boolean piped) {
        return operands.filterChain(piped);
    }

    /** An expression, with {@code if} and {@code else}. */
    Expression expression() {
        tokens.enter();
        Expression value = or();
        for (int i = 0; tokens.isName("if"); i++) {
            int line = tokens.chained(i);
            tokens.next();
            Expression condition = or();
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            value = new Expression.Conditional(condition, value, otherwise, line);
        }
        tokens.leave();
        return value;
    }

    /** An expression without {@code if}, which has another meaning where it stands. */
    Expression or() {
        tokens.enter();
        Expression left = and();
        for (int i = 0; tokens.isName("or"); i++) {
            int line = tokens.chained(i);
            tokens.next();
            left = new Expression.Choice(false, left, and(), line);
        }
        tokens.leave();
        return left;
    }

    /**
     * An expression, or a tuple of them without parentheses.
     *
     * @param conditional whether {@code if} belongs to it
     * @param end a name that ends it, or null
     */
    Expression tuple(boolean conditional, String end) {
        return tuple(conditional, end, false);
    }

    /** A tuple or a single expression in parentheses, which have been opened. */
    Expression parenthesised() {
        return tuple(true, null, true);
    }

    private Expression tuple(boolean conditional, String end, boolean parentheses) {
        int line = tokens.line();
        List<Expression> items = new ArrayList<>();
        boolean tuple = false;
        while (!tupleEnds(end)) {
            items.add(conditional ? expression() : or());
            if (!tokens.skipOperator(",")) {
                break;
            }
            tuple = true;
        }
        if (tuple || (parentheses && items.isEmpty())) {
            return new Expression.TupleOf(List.copyOf(items), line);
        }
        if (items.isEmpty()) {
            throw tokens.expected("an expression");
        }
        return items.getFirst();
    }

    private boolean tupleEnds(String end) {
        return tokens.is(Token.Type.PRINT_END)
                || tokens.is(Token.Type.BLOCK_END)
                || tokens.isOperator(")")
                || (end != null && tokens.isName(end));
    }

    private Expression and() {
        Expression left = not();
        for (int i = 0; tokens.isName("and"); i++) {
            int line = tokens.chained(i);
            tokens.next();
            left = new Expression.Choice(true, left, not(), line);
        }
        return left;
    }

    private Expression not() {
        if (tokens.isName("not")) {
            int line = tokens.next().line();
            tokens.enter();
            Expression operand = not();
            tokens.leave();
            return new Expression.Not(operand, line);
        }
        return comparison();
    }

    private Expression comparison() {
        int line = tokens.line();
        Expression first = sum();
        List<Comparator> operators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        for (Comparator operator = comparator(); operator != null; operator = comparator()) {
            operators.add(operator);
            operands.add(sum());
        }
        return operators.isEmpty()
                ? first
                : new Expression.Comparison(first, List.copyOf(operators), List.copyOf(operands), line);
    }

    private Comparator comparator() {
        if (tokens.isName("not") && tokens.ahead().isName("in")) {
            tokens.next();
            tokens.next();
            return Comparator.NOT_IN;
        }
        Token token = tokens.current();
        if (token.type() == Token.Type.OPERATOR || token.isName("in")) {
            for (Comparator comparator : Comparator.values()) {
                if (comparator.sign().equals(token.text())) {
                    tokens.next();
                    return comparator;
                }
            }
        }
        return null;
    }

    private Expression sum() {
        Expression left = concatenation();
        for (int i = 0; tokens.isOperator("+") || tokens.isOperator("-"); i++) {
            int line = tokens.chained(i);
            Operator operator = tokens.next().text().equals("+") ? Operator.ADD : Operator.SUBTRACT;
            left = new Expression.Binary(operator, left, concatenation(), line);
        }
        return left;
    }

    private Expression concatenation() {
        int line = tokens.line();
        Expression first = product();
        if (!tokens.isOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return new Expression.Concatenation(List.copyOf(parts), line);
    }

    private Expression product() {
        Expression left = power();
        for (int i = 0; ; i++) {
            Operator operator = tokens.isOperator("*")
                    ? Operator.MULTIPLY
                    : tokens.isOperator("/")
                            ? Operator.DIVIDE
                            : tokens.isOperator("//")
                                    ? Operator.FLOOR_DIVIDE
                                    : tokens.isOperator("%") ? Operator.MODULO : null;
            if (operator == null) {
                return left;
            }
            int line = tokens.chained(i);
            tokens.next();
            left = new Expression.Binary(operator, left, power(), line);
        }
    }

    private Expression power() {
        Expression left = unary(true);
        for (int i = 0; tokens.isOperator("**"); i++) {
            int line = tokens.chained(i);
            tokens.next();
            left = new Expression.Binary(Operator.POWER, left, unary(true), line);
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        int line = tokens.line();
        Expression value;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            boolean negative = tokens.next().text().equals("-");
            tokens.enter();
            value = new Expression.Sign(negative, unary(false), line);
            tokens.leave();
        } else {
            value = operands.primary();
        }
        value = operands.postfix(value);
        return withFilters ? operands.filters(value) : value;
    }
}
