package org.candor.template.internal;

import java.util.List;

/**
 * A filter.
 *
 * @param signature names of its arguments, those that may be missing with a question mark; null if it takes any
 */
record BuiltinFilter(String name, List<String> signature, Body body) {

    /** What a filter does. */
    @FunctionalInterface
    interface Body {
        Object apply(Object input, Arguments.Bound arguments, Rendering rendering);
    }

    /** What a filter that takes any arguments does. */
    @FunctionalInterface
    interface OpenBody {
        Object apply(Object input, Arguments arguments, Rendering rendering);
    }

    /** A filter that takes any arguments. */
    static BuiltinFilter open(String name, OpenBody body) {
        return new BuiltinFilter(
                name, null, (input, bound, rendering) -> body.apply(input, (Arguments) bound.get(0), rendering));
    }

    Object apply(Object input, Arguments arguments, Rendering rendering) {
        Arguments.Bound bound = signature == null
                ? new Arguments.Bound(name, List.of(), new Object[] {arguments})
                : arguments.bind("filter " + name, signature);
        return body.apply(input, bound, rendering);
    }
}
