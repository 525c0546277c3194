package org.candor.template.internal;

import java.util.List;

/** What produces text or binds names. Each knows its line, for messages. */
sealed interface Statement {

    int line();

    /** Text that stands for itself. */
    record Text(String text, int line) implements Statement {}

    /** {@code {{ a }}}; {@code {% print a, b %}} has several. */
    record Print(List<Expression> values, int line) implements Statement {}

    /** {@code if}, {@code elif} and {@code else}: one branch more than conditions if there is an {@code else}. */
    record If(List<Expression> conditions, List<List<Statement>> branches, int line) implements Statement {}

    /** {@code for target in items if filter}; {@code filter} may be null, {@code otherwise} empty. */
    record For(
            Target target,
            Expression items,
            Expression filter,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    /** {@code set target = value}. */
    record Set(Target target, Expression value, int line) implements Statement {}

    /** {@code set target}text{@code endset}, through filters where {@code filters} is not null. */
    record SetBlock(Target target, Expression filters, List<Statement> body, int line) implements Statement {}

    /** {@code with a = b}: names that hold within. */
    record With(List<Target> targets, List<Expression> values, List<Statement> body, int line) implements Statement {}

    /** {@code macro}. */
    record Define(MacroDefinition macro, int line) implements Statement {}

    /** {@code call}: the body is the macro's {@code caller}. */
    record CallBlock(MacroDefinition caller, Expression.Call call, int line) implements Statement {}

    /** {@code filter}. */
    record FilterBlock(Expression filters, List<Statement> body, int line) implements Statement {}

    /** {@code generation}: what the assistant said. */
    record Generation(List<Statement> body, int line) implements Statement {}

    /** {@code block}: in a template that extends nothing, its body in a scope of its own. */
    record Block(String name, boolean scoped, List<Statement> body, int line) implements Statement {}

    /** {@code autoescape}. */
    record AutoEscape(Expression on, List<Statement> body, int line) implements Statement {}

    /** {@code break}. */
    record Break(int line) implements Statement {}

    /** {@code continue}. */
    record Continue(int line) implements Statement {}

    /** What can be assigned to. */
    sealed interface Target {

        /** A name. */
        record Variable(String name) implements Target {}

        /** An attribute of a namespace. */
        record Member(String namespace, String name) implements Target {}

        /** Several, from a value of as many items. */
        record Several(List<Target> targets) implements Target {}
    }

    /**
     * A macro as it is written.
     *
     * @param defaults of the last parameters
     * @param usesCaller, usesVarargs, usesKwargs whether the body mentions these names
     */
    record MacroDefinition(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            List<Statement> body,
            boolean usesCaller,
            boolean usesVarargs,
            boolean usesKwargs) {}
}
