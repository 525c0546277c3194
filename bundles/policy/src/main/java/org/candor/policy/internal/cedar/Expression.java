package org.candor.policy.internal.cedar;

import java.util.List;
import java.util.Map;

/** An expression of the Cedar language (docs.cedarpolicy.com/policies/syntax-grammar.html). */
sealed interface Expression {

    /** The four things a request consists of. */
    enum Part {
        PRINCIPAL,
        ACTION,
        RESOURCE,
        CONTEXT
    }

    enum Operator {
        EQUAL("=="),
        UNEQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        IN("in"),
        PLUS("+"),
        MINUS("-"),
        TIMES("*");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }
    }

    /** @param value Long, String, Boolean or {@link EntityId} */
    record Literal(Object value) implements Expression {}

    record Variable(Part part) implements Expression {}

    record If(Expression condition, Expression then, Expression otherwise) implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record Negate(Expression operand) implements Expression {}

    record Binary(Operator operator, Expression left, Expression right) implements Expression {}

    /** {@code operand has first.second}. */
    record Has(Expression operand, List<String> path) implements Expression {}

    record Like(Expression operand, Wildcards pattern) implements Expression {}

    /** @param in the entity or set of {@code is ... in}, or null */
    record Is(Expression operand, String type, Expression in) implements Expression {}

    record Attribute(Expression operand, String name) implements Expression {}

    record Call(Expression operand, String method, List<Expression> arguments) implements Expression {}

    /** A function such as {@code ip("10.0.0.1")}. */
    record Function(String name, List<Expression> arguments) implements Expression {}

    record SetOf(List<Expression> elements) implements Expression {}

    record RecordOf(Map<String, Expression> members) implements Expression {}
}
