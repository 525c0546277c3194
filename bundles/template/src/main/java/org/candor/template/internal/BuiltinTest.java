package org.candor.template.internal;

import java.util.List;

/** A test: what follows {@code is}. */
record BuiltinTest(String name, List<String> signature, Body body) {

    /** What a test does. */
    @FunctionalInterface
    interface Body {
        boolean test(Object input, Arguments.Bound arguments, Rendering rendering);
    }

    boolean test(Object input, Arguments arguments, Rendering rendering) {
        return body.test(input, arguments.bind("test " + name, signature), rendering);
    }
}
