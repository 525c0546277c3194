package org.candor.template.internal;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters that apply another filter or a test to each item: {@code map}, {@code select} and their kin. */
final class SelectionFilters {
    private SelectionFilters() {}

    static List<BuiltinFilter> all() {
        return List.of(
                BuiltinFilter.open("map", SelectionFilters::map),
                BuiltinFilter.open("select", (v, a, r) -> select("select", v, a, r, false, true)),
                BuiltinFilter.open("reject", (v, a, r) -> select("reject", v, a, r, false, false)),
                BuiltinFilter.open("selectattr", (v, a, r) -> select("selectattr", v, a, r, true, true)),
                BuiltinFilter.open("rejectattr", (v, a, r) -> select("rejectattr", v, a, r, true, false)));
    }

    private static Object map(Object value, Arguments arguments, Rendering rendering) {
        UnaryOperator<Object> change = change(arguments, rendering);
        Iterator<Object> items = Operations.iterator(value, rendering.budget());
        return Generator.of(value, () -> {
            rendering.budget().step();
            return items.hasNext() ? new Object[] {change.apply(items.next())} : null;
        });
    }

    private static UnaryOperator<Object> change(Arguments arguments, Rendering rendering) {
        if (arguments.positional().isEmpty()) {
            Map<String, Object> named = new HashMap<>(arguments.named());
            Object attribute = named.remove("attribute");
            Object otherwise = named.remove("default");
            if (attribute == null || !named.isEmpty()) {
                throw Fault.evaluation("map: expected a filter's name, or attribute and default");
            }
            return Selectors.attribute(attribute, otherwise, rendering);
        }
        String name = name("map", arguments.positional().getFirst());
        BuiltinFilter filter = Filters.named(name);
        if (filter == null) {
            throw Fault.evaluation("map: there is no filter \"" + Source.shortened(name) + "\"");
        }
        Arguments rest = new Arguments(
                arguments.positional().subList(1, arguments.positional().size()), arguments.named());
        return item -> filter.apply(item, rest, rendering);
    }

    private static Object select(
            String filter,
            Object value,
            Arguments arguments,
            Rendering rendering,
            boolean byAttribute,
            boolean wanted) {
        if (byAttribute && arguments.positional().isEmpty()) {
            throw Fault.evaluation(filter + " misses the name of an attribute");
        }
        UnaryOperator<Object> attribute = byAttribute
                ? Selectors.attribute(arguments.positional().getFirst(), null, rendering)
                : UnaryOperator.identity();
        Predicate<Object> test = test(filter, arguments, byAttribute ? 1 : 0, rendering);
        Iterator<Object> items = Operations.iterator(value, rendering.budget());
        return Generator.of(value, () -> {
            while (items.hasNext()) {
                rendering.budget().step();
                Object item = items.next();
                if (test.test(attribute.apply(item)) == wanted) {
                    return new Object[] {item};
                }
            }
            return null;
        });
    }

    private static Predicate<Object> test(String filter, Arguments arguments, int position, Rendering rendering) {
        List<Object> positional = arguments.positional();
        if (positional.size() <= position) {
            return Operations::truth;
        }
        String name = name(filter, positional.get(position));
        BuiltinTest test = Tests.named(name);
        if (test == null) {
            throw Fault.evaluation(filter + ": there is no test \"" + Source.shortened(name) + "\"");
        }
        Arguments rest = new Arguments(positional.subList(position + 1, positional.size()), arguments.named());
        return item -> test.test(item, rest, rendering);
    }

    private static String name(String filter, Object value) {
        if (!Types.isText(value)) {
            Operations.used(value);
            throw Fault.evaluation(filter + ": expected the name of a filter or test, not " + Types.name(value));
        }
        return Types.text(value);
    }
}
