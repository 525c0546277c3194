package org.candor.template.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a filter's {@code attribute} argument means: items by name or number, dots between them. */
final class Selectors {
    private Selectors() {}

    /**
     * @param attribute a text or an integer; null for the item itself
     * @param otherwise what stands for an undefined value, unless null
     */
    static UnaryOperator<Object> attribute(Object attribute, Object otherwise, Rendering rendering) {
        if (attribute == null) {
            return UnaryOperator.identity();
        }
        List<Object> parts = parts(attribute);
        return item -> {
            Object value = item;
            for (Object part : parts) {
                rendering.budget().step();
                value = Members.item(value, part, rendering);
                if (otherwise != null && value instanceof Undefined) {
                    value = otherwise;
                }
            }
            return value;
        };
    }

    private static List<Object> parts(Object attribute) {
        if (!Types.isText(attribute)) {
            return List.of(attribute);
        }
        List<Object> parts = new ArrayList<>();
        for (String part : Types.text(attribute).split("\\.", -1)) {
            boolean number =
                    !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            parts.add(number ? (Object) Long.parseLong(part) : part);
        }
        return parts;
    }
}
