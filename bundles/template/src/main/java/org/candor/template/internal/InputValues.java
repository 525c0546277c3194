package org.candor.template.internal;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Values of the caller as template values. */
final class InputValues {
    private InputValues() {}

    /**
     * Copies a value.
     *
     * @param where it stands in the input, for messages
     * @throws IllegalArgumentException for a value that a template cannot see
     */
    static Object of(Object value, String where) {
        return of(value, where, 0);
    }

    private static Object of(Object value, String where, int depth) {
        if (depth > Budget.MOST_VALUE_DEPTH - 2) {
            throw new IllegalArgumentException(
                    where + " is nested more than " + (Budget.MOST_VALUE_DEPTH - 2) + " deep");
        }
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Boolean flag -> flag;
            case Long number -> number;
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case BigInteger number -> whole(number, where);
            case Double number -> number;
            case Float number -> Double.parseDouble(number.toString());
            case Map<?, ?> map -> {
                Dict dict = new Dict();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    if (!(entry.getKey() instanceof String key)) {
                        throw new IllegalArgumentException(where + " has a key that is no text: " + entry.getKey());
                    }
                    dict.put(key, of(entry.getValue(), where + "." + Source.shortened(key), depth + 1));
                }
                yield dict;
            }
            case List<?> list -> {
                List<Object> items = new ArrayList<>(list.size());
                for (Object item : list) {
                    items.add(of(item, where + "[" + items.size() + "]", depth + 1));
                }
                yield items;
            }
            default ->
                throw new IllegalArgumentException(
                        where + " is a " + value.getClass().getName()
                                + ", allowed are Map, List, String, Boolean, whole numbers, Float, Double and null");
        };
    }

    private static Object whole(BigInteger number, String where) {
        if (number.bitLength() > Numbers.MOST_BITS) {
            throw new IllegalArgumentException(
                    where + " has " + number.bitLength() + " bits, allowed are " + Numbers.MOST_BITS);
        }
        return Numbers.narrow(number);
    }
}
