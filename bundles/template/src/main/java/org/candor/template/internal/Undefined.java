package org.candor.template.internal;

/**
 * What a missing name, attribute or item evaluates to: prints as nothing, is false and empty, and any other use of it fails
 * with its message.
 */
record Undefined(String message) {

    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    static Undefined member(Object of, Object key) {
        String shown = key instanceof String text
                ? "attribute '" + Source.shortened(text) + "'"
                : "element " + Printer.brief(key);
        return new Undefined((of == null ? "None" : "'" + Types.name(of) + " object'") + " has no " + shown);
    }

    static Undefined unsafe(Object of, String attribute) {
        return new Undefined(
                "access to attribute '" + attribute + "' of '" + Types.name(of) + "' object is not allowed");
    }

    /** The error of using it. */
    Fault used() {
        return Fault.evaluation(message);
    }

    /** All undefined values are equal. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 1;
    }
}
