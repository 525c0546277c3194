package org.candor.template.internal;

import java.util.List;
import java.util.Map;

/** Arguments of a call, evaluated. */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** Stands for an argument that was not given. */
    private static final Object ABSENT = new Object();

    /**
     * Brings arguments in the order of a signature.
     *
     * @param function for messages
     * @param signature parameter names; one that may be missing ends in a question mark
     */
    Bound bind(String function, List<String> signature) {
        Object[] values = new Object[signature.size()];
        java.util.Arrays.fill(values, ABSENT);
        if (positional.size() > values.length) {
            throw Fault.evaluation(
                    function + " takes at most " + values.length + " arguments, got " + positional.size());
        }
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i);
        }
        int known = 0;
        for (int i = 0; i < values.length; i++) {
            String parameter = signature.get(i);
            boolean optional = parameter.endsWith("?");
            String name = optional ? parameter.substring(0, parameter.length() - 1) : parameter;
            if (named.containsKey(name)) {
                if (values[i] != ABSENT) {
                    throw Fault.evaluation(function + " got argument " + name + " twice");
                }
                values[i] = named.get(name);
                known++;
            }
            if (values[i] == ABSENT && !optional) {
                throw Fault.evaluation(function + " misses its argument " + name);
            }
        }
        if (known < named.size()) {
            String unknown = named.keySet().stream()
                    .filter(name -> !signature.contains(name) && !signature.contains(name + "?"))
                    .findFirst()
                    .orElse("");
            throw Fault.evaluation(function + " has no argument " + Source.shortened(unknown));
        }
        return new Bound(function, signature, values);
    }

    /** Arguments in the order of a signature. */
    record Bound(String function, List<String> signature, Object[] values) {

        boolean has(int index) {
            return values[index] != ABSENT;
        }

        Object get(int index) {
            return values[index];
        }

        Object get(int index, Object otherwise) {
            return has(index) ? values[index] : otherwise;
        }

        /** A text; of anything else its printed form is not taken. */
        String text(int index, String otherwise) {
            return switch (get(index, otherwise)) {
                case String text -> text;
                case Markup markup -> markup.text();
                case null -> null;
                case Object other -> throw wrong(index, other, "a str");
            };
        }

        /** An integer, cut to the range of an int. */
        int integer(int index, int otherwise) {
            if (!has(index)) {
                return otherwise;
            }
            if (Numbers.isInteger(values[index])) {
                return Numbers.clamped(values[index]);
            }
            throw wrong(index, values[index], "an int");
        }

        boolean flag(int index, boolean otherwise) {
            return has(index) ? Operations.truth(values[index]) : otherwise;
        }

        private Fault wrong(int index, Object value, String allowed) {
            if (value instanceof Undefined undefined) {
                return undefined.used();
            }
            return Fault.evaluation(function + ": argument "
                    + signature.get(index).replace("?", "") + " is " + Types.name(value) + ", allowed is " + allowed);
        }
    }
}
