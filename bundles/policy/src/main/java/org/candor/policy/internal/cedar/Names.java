package org.candor.policy.internal.cedar;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Finds the entities that values and expressions name, and the texts that expressions hold. */
final class Names {

    private Names() {}

    /** Entities in a value. */
    static void collect(Object value, Collection<EntityId> into) {
        switch (value) {
            case EntityId id -> into.add(id);
            case Set<?> set -> set.forEach(element -> collect(element, into));
            case Map<?, ?> fields -> fields.values().forEach(member -> collect(member, into));
            default -> {
                // Numbers, texts and truth name nothing.
            }
        }
    }

    /** Literals in an expression. */
    static void literals(Expression expression, Consumer<Object> into) {
        switch (expression) {
            case null -> {
                // An "is" without an "in".
            }
            case Expression.Literal literal -> into.accept(literal.value());
            case Expression.Variable variable -> {
                // What it stands for is the request's.
            }
            case Expression.If choice -> {
                literals(choice.condition(), into);
                literals(choice.then(), into);
                literals(choice.otherwise(), into);
            }
            case Expression.And and -> {
                literals(and.left(), into);
                literals(and.right(), into);
            }
            case Expression.Or or -> {
                literals(or.left(), into);
                literals(or.right(), into);
            }
            case Expression.Not not -> literals(not.operand(), into);
            case Expression.Negate negate -> literals(negate.operand(), into);
            case Expression.Binary binary -> {
                literals(binary.left(), into);
                literals(binary.right(), into);
            }
            case Expression.Has has -> literals(has.operand(), into);
            case Expression.Like like -> literals(like.operand(), into);
            case Expression.Is is -> {
                literals(is.operand(), into);
                literals(is.in(), into);
            }
            case Expression.Attribute attribute -> literals(attribute.operand(), into);
            case Expression.Call call -> {
                literals(call.operand(), into);
                call.arguments().forEach(argument -> literals(argument, into));
            }
            case Expression.Function function -> function.arguments().forEach(argument -> literals(argument, into));
            case Expression.SetOf set -> set.elements().forEach(element -> literals(element, into));
            case Expression.RecordOf fields -> fields.members().values().forEach(member -> literals(member, into));
        }
    }
}
