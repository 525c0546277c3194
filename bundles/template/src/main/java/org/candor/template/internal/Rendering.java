package org.candor.template.internal;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.candor.api.chat.RenderedChat;
import org.candor.template.internal.Statement.Target;

/** One rendering of a template: its text so far, its names and its budget. Used by one thread. */
final class Rendering {
    /** How a statement ends. */
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Budget budget;
    private final LocalDateTime now;
    private final Evaluator evaluator = new Evaluator(this);
    private final Scope root;
    private final StringBuilder text = new StringBuilder();
    private final List<RenderedChat.Span> generated = new ArrayList<>();
    /** Seeded alike each time: the same input gives the same text. */
    private final Random random = new Random(0);

    private StringBuilder out = text;
    private boolean escapes;
    private int line = 1;

    /** @param variables what the template sees, as template values */
    Rendering(Map<String, Object> variables, Map<String, Statement.Block> blocks, LocalDateTime now, Limits limits) {
        this.budget = new Budget(limits);
        this.now = now;
        Scope given = new Scope(null);
        given.set("self", new SelfReference(blocks));
        variables.forEach(given::set);
        this.root = new Scope(given);
    }

    RenderedChat run(List<Statement> body) {
        execute(body, root);
        return new RenderedChat(text.toString(), generated);
    }

    Budget budget() {
        return budget;
    }

    LocalDateTime now() {
        return now;
    }

    Random random() {
        return random;
    }

    /** Whether values are escaped as HTML here. */
    boolean escapes() {
        return escapes;
    }

    /** Where the template was when it failed. */
    int line() {
        return line;
    }

    void at(int newLine) {
        line = newLine;
    }

    Object evaluate(Expression expression, Scope scope) {
        return evaluator.evaluate(expression, scope);
    }

    /** The text that statements make, not added to the output. */
    Object captured(Scope scope, List<Statement> body) {
        StringBuilder around = out;
        out = new StringBuilder();
        budget.enter();
        execute(body, scope);
        budget.leave();
        String made = out.toString();
        out = around;
        return escapes ? new Markup(made) : made;
    }

    Object blockText(Statement.Block block) {
        return captured(new Scope(root), block.body());
    }

    private Flow execute(List<Statement> statements, Scope scope) {
        for (Statement statement : statements) {
            Flow flow = execute(statement, scope);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow execute(Statement statement, Scope scope) {
        line = statement.line();
        budget.enter();
        Flow flow = Flow.NEXT;
        switch (statement) {
            case Statement.Text piece -> emit(piece.text());
            case Statement.Print print -> {
                for (Expression value : print.values()) {
                    emit(evaluate(value, scope));
                }
            }
            case Statement.If conditional -> flow = choose(conditional, scope);
            case Statement.For loop -> loop(loop, scope);
            case Statement.Set set -> assign(set.target(), evaluate(set.value(), scope), scope);
            case Statement.SetBlock set -> {
                Object value = captured(new Scope(scope), set.body());
                assign(set.target(), filtered(set.filters(), value, scope), scope);
            }
            case Statement.With with -> {
                Scope inner = new Scope(scope);
                List<Object> values = with.values().stream()
                        .map(value -> evaluate(value, scope))
                        .toList();
                for (int i = 0; i < values.size(); i++) {
                    assign(with.targets().get(i), values.get(i), inner);
                }
                flow = execute(with.body(), inner);
            }
            case Statement.Define define -> scope.set(define.macro().name(), new Macro(define.macro(), scope));
            case Statement.CallBlock call -> emit(evaluator.call(call.call(), scope, new Macro(call.caller(), scope)));
            case Statement.FilterBlock block ->
                emit(filtered(block.filters(), captured(new Scope(scope), block.body()), scope));
            case Statement.Generation generation -> generation(generation, scope);
            case Statement.Block block -> execute(block.body(), new Scope(block.scoped() ? scope : root));
            case Statement.AutoEscape autoEscape -> {
                boolean before = escapes;
                escapes = Operations.truth(evaluate(autoEscape.on(), scope));
                flow = execute(autoEscape.body(), new Scope(scope));
                escapes = before;
            }
            case Statement.Break end -> flow = Flow.BREAK;
            case Statement.Continue next -> flow = Flow.CONTINUE;
        }
        budget.leave();
        return flow;
    }

    private void emit(Object value) {
        String piece = escapes ? Markup.of(value, budget).text() : Printer.text(value, budget);
        emit(piece);
    }

    private void emit(String piece) {
        budget.characters((long) out.length() + piece.length(), piece.length());
        out.append(piece);
    }

    private Object filtered(Expression filters, Object value, Scope scope) {
        return filters == null ? value : evaluator.filtered((Expression.Filter) filters, value, scope);
    }

    private Flow choose(Statement.If conditional, Scope scope) {
        for (int i = 0; i < conditional.conditions().size(); i++) {
            if (Operations.truth(evaluate(conditional.conditions().get(i), scope))) {
                return execute(conditional.branches().get(i), scope);
            }
        }
        return conditional.branches().size() > conditional.conditions().size()
                ? execute(conditional.branches().getLast(), scope)
                : Flow.NEXT;
    }

    private void loop(Statement.For loop, Scope scope) {
        loop(loop, evaluate(loop.items(), scope), scope, 0);
    }

    private void loop(Statement.For statement, Object value, Scope scope, int depth) {
        Iterator<Object> items = Operations.iterator(value, budget);
        long length = -1;
        if (statement.filter() != null) {
            items = passing(statement, items, scope);
        } else if (!(value instanceof Generator)) {
            length = Operations.length(value, budget);
        }
        Loop.Recursion recursion = statement.recursive()
                ? (inner, deeper) -> {
                    StringBuilder around = out;
                    out = new StringBuilder();
                    budget.enter();
                    loop(statement, inner, scope, deeper);
                    budget.leave();
                    String made = out.toString();
                    out = around;
                    return escapes ? new Markup(made) : made;
                }
                : null;
        Loop loop = new Loop(items, length, recursion, depth, budget);
        boolean any = false;
        while (loop.advance()) {
            budget.step();
            any = true;
            Scope inner = new Scope(scope);
            inner.set("loop", loop);
            assign(statement.target(), loop.current(), inner);
            if (execute(statement.body(), inner) == Flow.BREAK) {
                break;
            }
        }
        if (!any) {
            execute(statement.otherwise(), new Scope(scope));
        }
    }

    /** The items that pass the loop's filter, which is asked when the loop gets there. */
    private Iterator<Object> passing(Statement.For statement, Iterator<Object> items, Scope scope) {
        return Generator.of(null, () -> {
                    while (items.hasNext()) {
                        budget.step();
                        Object item = items.next();
                        Scope inner = new Scope(scope);
                        inner.set("loop", new Undefined("'loop' is undefined in the filter of its loop"));
                        assign(statement.target(), item, inner);
                        if (Operations.truth(evaluate(statement.filter(), inner))) {
                            return new Object[] {item};
                        }
                    }
                    return null;
                })
                .items();
    }

    private void assign(Target target, Object value, Scope scope) {
        switch (target) {
            case Target.Variable variable -> scope.set(variable.name(), value);
            case Target.Member member -> {
                Object namespace = scope.get(member.namespace());
                if (!(namespace instanceof Namespace names)) {
                    throw Fault.evaluation("cannot assign to attribute " + Source.shortened(member.name()) + " of "
                            + (namespace == Scope.ABSENT ? "an undefined name" : Types.name(namespace))
                            + ": only a namespace can change");
                }
                names.set(member.name(), value);
            }
            case Target.Several several -> {
                List<Object> values = Operations.items(unpackable(value), budget);
                int expected = several.targets().size();
                if (values.size() != expected) {
                    throw Fault.evaluation(
                            values.size() > expected
                                    ? "too many values to unpack (expected " + expected + ")"
                                    : "not enough values to unpack (expected " + expected + ", got " + values.size()
                                            + ")");
                }
                for (int i = 0; i < expected; i++) {
                    assign(several.targets().get(i), values.get(i), scope);
                }
            }
        }
    }

    private static Object unpackable(Object value) {
        return value instanceof Group group ? group.pair() : value;
    }

    private void generation(Statement.Generation generation, Scope scope) {
        int start = text.codePointCount(0, text.length());
        String made = Types.text(captured(new Scope(scope), generation.body()));
        budget.work(text.length());
        generated.add(new RenderedChat.Span(start, start + made.codePointCount(0, made.length())));
        emit(made);
    }
}
