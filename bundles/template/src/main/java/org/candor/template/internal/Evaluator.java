package org.candor.template.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.template.internal.Expression.CallArguments;
import org.candor.template.internal.Expression.Comparator;

/** Evaluates expressions of one rendering. */
final class Evaluator {
    private final Rendering rendering;

    Evaluator(Rendering rendering) {
        this.rendering = rendering;
    }

    Object evaluate(Expression expression, Scope scope) {
        Budget budget = rendering.budget();
        budget.enter();
        Object value =
                switch (expression) {
                    case Expression.Literal literal -> literal.value();
                    case Expression.Name name -> named(name, scope);
                    case Expression.ListOf list -> all(list.items(), scope);
                    case Expression.TupleOf tuple -> new Tuple(all(tuple.items(), scope));
                    case Expression.DictOf dict -> dict(dict, scope);
                    case Expression.Attribute attribute -> {
                        Object of = evaluate(attribute.of(), scope);
                        rendering.at(attribute.line());
                        yield Members.attribute(of, attribute.name());
                    }
                    case Expression.Item item -> {
                        Object of = evaluate(item.of(), scope);
                        Object key = evaluate(item.key(), scope);
                        rendering.at(item.line());
                        yield Members.item(of, key, rendering);
                    }
                    case Expression.Slice slice -> {
                        Object of = evaluate(slice.of(), scope);
                        Object from = optional(slice.from(), scope);
                        Object to = optional(slice.to(), scope);
                        Object step = optional(slice.step(), scope);
                        rendering.at(slice.line());
                        yield Members.slice(of, from, to, step, rendering);
                    }
                    case Expression.Call call -> call(call, scope, null);
                    case Expression.Filter filter -> filtered(filter, null, scope);
                    case Expression.Test test -> {
                        Object input = evaluate(test.input(), scope);
                        Arguments arguments = arguments(test.arguments(), scope, null);
                        rendering.at(test.line());
                        yield test.test().test(input, arguments, rendering);
                    }
                    case Expression.Not not -> !Operations.truth(evaluate(not.operand(), scope));
                    case Expression.Sign sign -> sign(sign, scope);
                    case Expression.Choice choice -> {
                        Object left = evaluate(choice.left(), scope);
                        yield Operations.truth(left) == choice.and() ? evaluate(choice.right(), scope) : left;
                    }
                    case Expression.Binary binary -> {
                        Object left = evaluate(binary.left(), scope);
                        Object right = evaluate(binary.right(), scope);
                        rendering.at(binary.line());
                        yield Operations.binary(binary.operator(), left, right, budget);
                    }
                    case Expression.Concatenation concatenation -> concatenated(concatenation, scope);
                    case Expression.Comparison comparison -> compared(comparison, scope);
                    case Expression.Conditional conditional -> {
                        boolean holds = Operations.truth(evaluate(conditional.condition(), scope));
                        yield holds
                                ? evaluate(conditional.then(), scope)
                                : conditional.otherwise() == null
                                        ? new Undefined("the inline if has no else and its condition is false")
                                        : evaluate(conditional.otherwise(), scope);
                    }
                };
        budget.leave();
        return value;
    }

    private Object optional(Expression expression, Scope scope) {
        return expression == null ? null : evaluate(expression, scope);
    }

    private Object named(Expression.Name name, Scope scope) {
        Object value = scope.get(name.name());
        if (value != Scope.ABSENT) {
            return value;
        }
        Callable global = Globals.named(name.name());
        return global == null ? Undefined.name(name.name()) : global;
    }

    private List<Object> all(List<Expression> expressions, Scope scope) {
        rendering.budget().items(expressions.size());
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Dict dict(Expression.DictOf written, Scope scope) {
        rendering.budget().items(2L * written.keys().size());
        Dict dict = new Dict();
        for (int i = 0; i < written.keys().size(); i++) {
            Object key = evaluate(written.keys().get(i), scope);
            dict.put(key, evaluate(written.values().get(i), scope));
        }
        return dict;
    }

    private Object sign(Expression.Sign sign, Scope scope) {
        Object value = evaluate(sign.operand(), scope);
        rendering.at(sign.line());
        Operations.used(value);
        if (!Numbers.isNumber(value)) {
            throw Fault.evaluation(
                    "bad operand type for unary " + (sign.negative() ? "-" : "+") + ": '" + Types.name(value) + "'");
        }
        return sign.negative() ? Numbers.negate(value) : Numbers.add(value, 0L);
    }

    private Object concatenated(Expression.Concatenation concatenation, Scope scope) {
        Budget budget = rendering.budget();
        List<Object> values = all(concatenation.parts(), scope);
        rendering.at(concatenation.line());
        boolean html = rendering.escapes() && values.stream().anyMatch(Markup.class::isInstance);
        StringBuilder made = new StringBuilder();
        for (Object value : values) {
            String piece = html ? Markup.of(value, budget).text() : Printer.text(value, budget);
            budget.characters((long) made.length() + piece.length(), piece.length());
            made.append(piece);
        }
        return html ? new Markup(made.toString()) : made.toString();
    }

    private Object compared(Expression.Comparison comparison, Scope scope) {
        Object left = evaluate(comparison.first(), scope);
        for (int i = 0; i < comparison.operators().size(); i++) {
            Object right = evaluate(comparison.operands().get(i), scope);
            rendering.at(comparison.line());
            if (!holds(comparison.operators().get(i), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private boolean holds(Comparator operator, Object left, Object right) {
        Budget budget = rendering.budget();
        return switch (operator) {
            case EQUAL -> Operations.equal(left, right, budget);
            case NOT_EQUAL -> !Operations.equal(left, right, budget);
            case IN -> Operations.contains(right, left, budget);
            case NOT_IN -> !Operations.contains(right, left, budget);
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> {
                Integer order = Operations.order(operator.sign(), left, right, budget);
                yield order != null
                        && switch (operator) {
                            case LESS -> order < 0;
                            case LESS_OR_EQUAL -> order <= 0;
                            case GREATER -> order > 0;
                            default -> order >= 0;
                        };
            }
        };
    }

    /**
     * Applies a filter.
     *
     * @param head the input of the first filter of a chain that begins without one
     */
    Object filtered(Expression.Filter filter, Object head, Scope scope) {
        Object input =
                switch (filter.input()) {
                    case null -> head;
                    case Expression.Filter inner when head != null -> filtered(inner, head, scope);
                    case Expression other -> evaluate(other, scope);
                };
        Arguments arguments = arguments(filter.arguments(), scope, null);
        rendering.at(filter.line());
        return filter.filter().apply(input, arguments, rendering);
    }

    /** @param caller the body of a call block, or null */
    Object call(Expression.Call call, Scope scope, Macro caller) {
        Object function = evaluate(call.function(), scope);
        Arguments arguments = arguments(call.arguments(), scope, caller);
        rendering.at(call.line());
        Operations.used(function);
        if (!(function instanceof Callable callable)) {
            throw Fault.evaluation("'" + Types.name(function) + "' object is not callable");
        }
        rendering.budget().enter();
        Object value = callable.call(rendering, arguments);
        rendering.budget().leave();
        return value;
    }

    private Arguments arguments(CallArguments written, Scope scope, Macro caller) {
        if (written == CallArguments.NONE && caller == null) {
            return Arguments.NONE;
        }
        List<Object> positional = all(written.positional(), scope);
        if (written.star() != null) {
            List<Object> more = Operations.items(evaluate(written.star(), scope), rendering.budget());
            rendering.budget().items(more.size());
            positional.addAll(more);
        }
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < written.names().size(); i++) {
            named.put(written.names().get(i), evaluate(written.named().get(i), scope));
        }
        if (written.doubleStar() != null) {
            spread(evaluate(written.doubleStar(), scope), named);
        }
        if (caller != null) {
            named.put("caller", caller);
        }
        return new Arguments(positional, named);
    }

    private static void spread(Object value, Map<String, Object> named) {
        if (!(value instanceof Dict dict)) {
            Operations.used(value);
            throw Fault.evaluation("argument after ** must be a dict, not " + Types.name(value));
        }
        for (Dict.Entry entry : dict.entries()) {
            if (!Types.isText(entry.key())) {
                throw Fault.evaluation("keywords must be strings, not " + Types.name(entry.key()));
            }
            if (named.putIfAbsent(Types.text(entry.key()), entry.value()) != null) {
                throw Fault.evaluation("argument " + Source.shortened(Types.text(entry.key())) + " is given twice");
            }
        }
    }
}
