package org.candor.template.internal;

import java.util.List;
import java.util.Map;

/** What can be called. */
interface Callable {

    Object call(Rendering rendering, Arguments arguments);

    /** A function or a method of a value. */
    record Function(String name, Body body) implements Callable {
        @Override
        public Object call(Rendering rendering, Arguments arguments) {
            return body.call(rendering, arguments);
        }
    }

    /** What a function does. */
    @FunctionalInterface
    interface Body {
        Object call(Rendering rendering, Arguments arguments);
    }

    /** Arguments without names. */
    static Arguments positional(Object... values) {
        return new Arguments(java.util.Arrays.asList(values), Map.of());
    }

    /** The values of arguments that have been checked to have no names. */
    static List<Object> values(String function, Arguments arguments) {
        if (!arguments.named().isEmpty()) {
            throw Fault.evaluation(function + "() takes no keyword arguments");
        }
        return arguments.positional();
    }
}
