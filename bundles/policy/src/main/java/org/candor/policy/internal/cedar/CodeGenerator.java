package org.candor.policy.internal.cedar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns expressions into code that means the same (docs.cedarpolicy.com/policies/syntax-operators.html). */
final class CodeGenerator {

    private CodeGenerator() {}

    static Code generate(Expression expression) throws NotCoveredException {
        return switch (expression) {
            case Expression.Literal literal -> {
                Object value = literal.value();
                yield frame -> value;
            }
            case Expression.Variable variable -> {
                Expression.Part part = variable.part();
                yield frame -> frame.value(part);
            }
            case Expression.If choice -> choice(choice);
            case Expression.And and -> {
                Code left = generate(and.left());
                Code right = generate(and.right());
                yield (Truth) frame -> left.truth(frame) && right.truth(frame);
            }
            case Expression.Or or -> {
                Code left = generate(or.left());
                Code right = generate(or.right());
                yield (Truth) frame -> left.truth(frame) || right.truth(frame);
            }
            case Expression.Not not -> {
                Code operand = generate(not.operand());
                yield (Truth) frame -> !operand.truth(frame);
            }
            case Expression.Negate negate -> {
                Code operand = generate(negate.operand());
                yield frame -> exact(() -> Math.negateExact(operand.number(frame)));
            }
            case Expression.Binary binary -> binary(binary);
            case Expression.Has has -> has(has);
            case Expression.Like like -> {
                Code operand = generate(like.operand());
                Wildcards pattern = like.pattern();
                yield (Truth) frame -> pattern.matches(text(operand.value(frame)));
            }
            case Expression.Is is -> is(is);
            case Expression.Attribute attribute -> {
                Code operand = generate(attribute.operand());
                String name = attribute.name();
                yield frame -> attribute(operand.value(frame), name, frame);
            }
            case Expression.Call call -> call(call);
            case Expression.Function function ->
                throw new NotCoveredException("the function " + function.name() + "()");
            case Expression.SetOf set -> set(set);
            case Expression.RecordOf fields -> fields(fields);
        };
    }

    private static Code choice(Expression.If choice) throws NotCoveredException {
        Code condition = generate(choice.condition());
        Code then = generate(choice.then());
        Code otherwise = generate(choice.otherwise());
        return frame -> condition.truth(frame) ? then.value(frame) : otherwise.value(frame);
    }

    private static Code binary(Expression.Binary binary) throws NotCoveredException {
        Code left = generate(binary.left());
        Code right = generate(binary.right());
        return switch (binary.operator()) {
            case EQUAL -> (Truth) frame -> left.value(frame).equals(right.value(frame));
            case UNEQUAL -> (Truth) frame -> !left.value(frame).equals(right.value(frame));
            case LESS -> (Truth) frame -> left.number(frame) < right.number(frame);
            case LESS_OR_EQUAL -> (Truth) frame -> left.number(frame) <= right.number(frame);
            case GREATER -> (Truth) frame -> left.number(frame) > right.number(frame);
            case GREATER_OR_EQUAL -> (Truth) frame -> left.number(frame) >= right.number(frame);
            case PLUS -> frame -> exact(() -> Math.addExact(left.number(frame), right.number(frame)));
            case MINUS -> frame -> exact(() -> Math.subtractExact(left.number(frame), right.number(frame)));
            case TIMES -> frame -> exact(() -> Math.multiplyExact(left.number(frame), right.number(frame)));
            case IN -> (Truth) frame -> in(left.value(frame), right.value(frame), frame);
        };
    }

    private interface Arithmetic {
        long result();
    }

    private static Long exact(Arithmetic arithmetic) {
        try {
            return arithmetic.result();
        } catch (ArithmeticException overflow) {
            throw EvaluationFailure.FAILURE;
        }
    }

    private static boolean in(Object member, Object group, Frame frame) {
        if (member instanceof EntityId id) {
            if (group instanceof EntityId one) {
                return frame.in(id, one);
            }
            if (group instanceof Set<?> several) {
                return frame.inAny(id, several);
            }
        }
        throw EvaluationFailure.FAILURE;
    }

    private static Code has(Expression.Has has) throws NotCoveredException {
        Code operand = generate(has.operand());
        List<String> path = has.path();
        return (Truth) frame -> {
            Object value = operand.value(frame);
            for (int i = 0; i < path.size(); i++) {
                Map<?, ?> members = members(value, frame);
                Object member = members == null ? null : members.get(path.get(i));
                if (member == null) {
                    return false;
                }
                value = member;
            }
            return true;
        };
    }

    /** Members of a record or attributes of an entity; null for an unknown entity. */
    private static Map<?, ?> members(Object value, Frame frame) {
        return switch (value) {
            case Map<?, ?> fields -> fields;
            case EntityId id -> frame.attributes(id);
            default -> throw EvaluationFailure.FAILURE;
        };
    }

    private static Object attribute(Object of, String name, Frame frame) {
        Map<?, ?> members = members(of, frame);
        Object value = members == null ? null : members.get(name);
        if (value == null) {
            throw EvaluationFailure.FAILURE;
        }
        return value;
    }

    private static Code is(Expression.Is is) throws NotCoveredException {
        Code operand = generate(is.operand());
        String type = is.type();
        if (is.in() == null) {
            return (Truth) frame -> entity(operand.value(frame)).type().equals(type);
        }
        Code group = generate(is.in());
        return (Truth) frame -> {
            EntityId id = entity(operand.value(frame));
            return id.type().equals(type) && in(id, group.value(frame), frame);
        };
    }

    private static Code call(Expression.Call call) throws NotCoveredException {
        Code operand = generate(call.operand());
        List<Code> arguments = new ArrayList<>();
        for (Expression argument : call.arguments()) {
            arguments.add(generate(argument));
        }
        String method = call.method();
        int wanted = method.equals("isEmpty") ? 0 : 1;
        switch (method) {
            case "contains", "containsAll", "containsAny", "isEmpty" -> {
                if (arguments.size() != wanted) {
                    throw new NotCoveredException(
                            "the method " + method + "() with another number of arguments than " + wanted);
                }
            }
            default -> throw new NotCoveredException("the method " + method + "()");
        }
        if (method.equals("isEmpty")) {
            return (Truth) frame -> set(operand.value(frame)).isEmpty();
        }
        Code argument = arguments.getFirst();
        return switch (method) {
            case "contains" -> (Truth) frame -> set(operand.value(frame)).contains(argument.value(frame));
            case "containsAll" -> (Truth) frame -> set(operand.value(frame)).containsAll(set(argument.value(frame)));
            default -> (Truth) frame -> intersect(set(operand.value(frame)), set(argument.value(frame)));
        };
    }

    private static boolean intersect(Set<?> one, Set<?> other) {
        for (Object element : other) {
            if (one.contains(element)) {
                return true;
            }
        }
        return false;
    }

    private static Code set(Expression.SetOf set) throws NotCoveredException {
        List<Code> elements = new ArrayList<>();
        boolean constant = true;
        for (Expression element : set.elements()) {
            elements.add(generate(element));
            constant &= element instanceof Expression.Literal;
        }
        if (constant) {
            Set<Object> values = new HashSet<>();
            set.elements().forEach(element -> values.add(((Expression.Literal) element).value()));
            Set<Object> fixed = Set.copyOf(values);
            return frame -> fixed;
        }
        return frame -> {
            Set<Object> values = new HashSet<>();
            for (Code element : elements) {
                values.add(element.value(frame));
            }
            return values;
        };
    }

    private static Code fields(Expression.RecordOf fields) throws NotCoveredException {
        Map<String, Code> members = new HashMap<>();
        for (Map.Entry<String, Expression> member : fields.members().entrySet()) {
            members.put(member.getKey(), generate(member.getValue()));
        }
        return frame -> {
            Map<String, Object> values = new HashMap<>();
            members.forEach((name, code) -> values.put(name, code.value(frame)));
            return values;
        };
    }

    private static EntityId entity(Object value) {
        if (value instanceof EntityId id) {
            return id;
        }
        throw EvaluationFailure.FAILURE;
    }

    private static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw EvaluationFailure.FAILURE;
    }

    private static Set<?> set(Object value) {
        if (value instanceof Set<?> set) {
            return set;
        }
        throw EvaluationFailure.FAILURE;
    }
}
