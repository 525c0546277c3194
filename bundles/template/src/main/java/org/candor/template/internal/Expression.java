package org.candor.template.internal;

import java.util.List;

/** What has a value. Each knows its line, for messages. */
sealed interface Expression {

    int line();

    /** A value that is written out. */
    record Literal(Object value, int line) implements Expression {}

    /** A variable. */
    record Name(String name, int line) implements Expression {}

    /** {@code [a, b]}. */
    record ListOf(List<Expression> items, int line) implements Expression {}

    /** {@code (a, b)}. */
    record TupleOf(List<Expression> items, int line) implements Expression {}

    /** {@code {a: b}}. */
    record DictOf(List<Expression> keys, List<Expression> values, int line) implements Expression {}

    /** {@code a.name}. */
    record Attribute(Expression of, String name, int line) implements Expression {}

    /** {@code a[key]}. */
    record Item(Expression of, Expression key, int line) implements Expression {}

    /** {@code a[from:to:step]}; what is left out is null. */
    record Slice(Expression of, Expression from, Expression to, Expression step, int line) implements Expression {}

    /** {@code a(...)}. */
    record Call(Expression function, CallArguments arguments, int line) implements Expression {}

    /** {@code a | name(...)}; the input is null at the head of a filter block. */
    record Filter(Expression input, String name, BuiltinFilter filter, CallArguments arguments, int line)
            implements Expression {}

    /** {@code a is name(...)}. */
    record Test(Expression input, String name, BuiltinTest test, CallArguments arguments, int line)
            implements Expression {}

    /** {@code not a}. */
    record Not(Expression operand, int line) implements Expression {}

    /** {@code -a} or {@code +a}. */
    record Sign(boolean negative, Expression operand, int line) implements Expression {}

    /** {@code a and b} or {@code a or b}: one of the two values. */
    record Choice(boolean and, Expression left, Expression right, int line) implements Expression {}

    /** Arithmetic of two values. */
    record Binary(Operator operator, Expression left, Expression right, int line) implements Expression {}

    /** {@code a ~ b ~ c}. */
    record Concatenation(List<Expression> parts, int line) implements Expression {}

    /** {@code a < b <= c}: each operand is evaluated once. */
    record Comparison(Expression first, List<Comparator> operators, List<Expression> operands, int line)
            implements Expression {}

    /** {@code a if condition else b}; without an else the other value is undefined. */
    record Conditional(Expression condition, Expression then, Expression otherwise, int line) implements Expression {}

    /** Arguments of a call as they are written; the last two are null where they are not used. */
    record CallArguments(
            List<Expression> positional,
            List<String> names,
            List<Expression> named,
            Expression star,
            Expression doubleStar) {
        static final CallArguments NONE = new CallArguments(List.of(), List.of(), List.of(), null, null);
    }

    /** Arithmetic operators. */
    enum Operator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        FLOOR_DIVIDE("//"),
        MODULO("%"),
        POWER("**");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }
    }

    /** Comparison operators. */
    enum Comparator {
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        IN("in"),
        NOT_IN("not in");

        private final String sign;

        Comparator(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }
    }
}
