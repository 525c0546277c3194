package org.candor.template.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.candor.template.internal.Expression.Operator;

/** Filters on whole sequences. */
final class SequenceFilters {
    private SequenceFilters() {}

    static List<BuiltinFilter> all() {
        return List.of(
                new BuiltinFilter("length", List.of(), (v, a, r) -> Operations.length(v, r.budget())),
                new BuiltinFilter("list", List.of(), (v, a, r) -> {
                    List<Object> items = Operations.items(v, r.budget());
                    r.budget().items(items.size());
                    return new ArrayList<>(items);
                }),
                new BuiltinFilter("first", List.of(), (v, a, r) -> {
                    Iterator<Object> items = Operations.iterator(v, r.budget());
                    return items.hasNext() ? items.next() : new Undefined("no first item: the sequence is empty");
                }),
                new BuiltinFilter("last", List.of(), (v, a, r) -> {
                    if (v instanceof Generator) {
                        throw Fault.evaluation("last: a generator has no end to begin with: make it a list");
                    }
                    List<Object> items = Operations.items(v, r.budget());
                    return items.isEmpty() ? new Undefined("no last item: the sequence is empty") : items.getLast();
                }),
                new BuiltinFilter("reverse", List.of(), SequenceFilters::reverse),
                new BuiltinFilter("join", List.of("d?", "attribute?"), SequenceFilters::join),
                new BuiltinFilter(
                        "sort",
                        List.of("reverse?", "case_sensitive?", "attribute?"),
                        (v, a, r) -> Sorting.sort(
                                Operations.items(v, r.budget()),
                                key(multiple(a.get(2, null), r), a.flag(1, false)),
                                a.flag(0, false),
                                r.budget())),
                new BuiltinFilter("dictsort", List.of("case_sensitive?", "by?", "reverse?"), SequenceFilters::sortDict),
                new BuiltinFilter("unique", List.of("case_sensitive?", "attribute?"), SequenceFilters::unique),
                new BuiltinFilter(
                        "min", List.of("case_sensitive?", "attribute?"), (v, a, r) -> extreme(v, a, r, false)),
                new BuiltinFilter("max", List.of("case_sensitive?", "attribute?"), (v, a, r) -> extreme(v, a, r, true)),
                new BuiltinFilter("sum", List.of("attribute?", "start?"), SequenceFilters::sum),
                new BuiltinFilter("items", List.of(), (v, a, r) -> pairs(v, r)),
                new BuiltinFilter("batch", List.of("linecount", "fill_with?"), SequenceFilters::batch),
                new BuiltinFilter("slice", List.of("slices", "fill_with?"), SequenceFilters::slices),
                new BuiltinFilter(
                        "groupby", List.of("attribute", "default?", "case_sensitive?"), SequenceFilters::groups),
                new BuiltinFilter("random", List.of(), (v, a, r) -> {
                    List<Object> items = Operations.items(v, r.budget());
                    return items.isEmpty()
                            ? new Undefined("no random item: the sequence is empty")
                            : items.get(r.random().nextInt(items.size()));
                }));
    }

    private static Object reverse(Object value, Arguments.Bound arguments, Rendering rendering) {
        if (Types.isText(value)) {
            String text = Types.text(value);
            rendering.budget().characters(text.length());
            return new StringBuilder(text).reverse().toString();
        }
        List<Object> items = Operations.items(value, rendering.budget());
        return new Generator(items.reversed().iterator());
    }

    private static Object join(Object value, Arguments.Bound arguments, Rendering rendering) {
        Budget budget = rendering.budget();
        Object separator = arguments.get(0, "");
        UnaryOperator<Object> attribute = Selectors.attribute(arguments.get(1, null), null, rendering);
        boolean html = rendering.escapes();
        StringBuilder made = new StringBuilder();
        String between = html ? Markup.of(separator, budget).text() : Printer.text(separator, budget);
        boolean first = true;
        for (Iterator<Object> items = Operations.iterator(value, budget); items.hasNext(); ) {
            budget.step();
            Object item = attribute.apply(items.next());
            String text = html ? Markup.of(item, budget).text() : Printer.text(item, budget);
            budget.characters(
                    (long) made.length() + text.length() + between.length(), text.length() + between.length());
            made.append(first ? "" : between).append(text);
            first = false;
        }
        return html ? new Markup(made.toString()) : made.toString();
    }

    /** A key for sorting: texts in lower case unless case matters. */
    private static UnaryOperator<Object> key(UnaryOperator<Object> attribute, boolean caseSensitive) {
        return caseSensitive ? attribute : item -> folded(attribute.apply(item));
    }

    private static Object folded(Object key) {
        return switch (key) {
            case String text -> text.toLowerCase(Locale.ROOT);
            case Markup markup -> markup.text().toLowerCase(Locale.ROOT);
            case MultipleKey several ->
                new Tuple(several.keys().stream().map(SequenceFilters::folded).toList());
            case null, default -> key;
        };
    }

    /** The values of several attributes. */
    private record MultipleKey(List<Object> keys) {}

    /** Attributes by comma, for example {@code age,name}. */
    private static UnaryOperator<Object> multiple(Object attribute, Rendering rendering) {
        if (!Types.isText(attribute) || Types.text(attribute).indexOf(',') < 0) {
            return Selectors.attribute(attribute, null, rendering);
        }
        List<UnaryOperator<Object>> parts = new ArrayList<>();
        for (String part : Types.text(attribute).split(",", -1)) {
            parts.add(Selectors.attribute(part, null, rendering));
        }
        return item -> {
            List<Object> keys = new ArrayList<>();
            parts.forEach(part -> keys.add(part.apply(item)));
            return new MultipleKey(keys);
        };
    }

    private static Object sortDict(Object value, Arguments.Bound arguments, Rendering rendering) {
        String by = arguments.text(1, "key");
        if (!(value instanceof Dict dict)) {
            Operations.used(value);
            throw Fault.evaluation("dictsort: a dict is required, not " + Types.name(value));
        }
        if (!by.equals("key") && !by.equals("value")) {
            throw Fault.evaluation("dictsort: by is " + Source.shortened(by) + ", allowed are key and value");
        }
        int position = by.equals("key") ? 0 : 1;
        return Sorting.sort(
                dict.items(),
                key(item -> ((Tuple) item).items().get(position), arguments.flag(0, false)),
                arguments.flag(2, false),
                rendering.budget());
    }

    private static Object unique(Object value, Arguments.Bound arguments, Rendering rendering) {
        UnaryOperator<Object> key =
                key(Selectors.attribute(arguments.get(1, null), null, rendering), arguments.flag(0, false));
        Iterator<Object> items = Operations.iterator(value, rendering.budget());
        Set<Object> seen = new HashSet<>();
        return Generator.of(value, () -> {
            while (items.hasNext()) {
                rendering.budget().step();
                Object item = items.next();
                if (seen.add(Dict.normal(key.apply(item), 0))) {
                    return new Object[] {item};
                }
            }
            return null;
        });
    }

    private static Object extreme(Object value, Arguments.Bound arguments, Rendering rendering, boolean most) {
        UnaryOperator<Object> key =
                key(Selectors.attribute(arguments.get(1, null), null, rendering), arguments.flag(0, false));
        Iterator<Object> items = Operations.iterator(value, rendering.budget());
        if (!items.hasNext()) {
            return new Undefined("no aggregated item: the sequence is empty");
        }
        Object best = items.next();
        Object bestKey = key.apply(best);
        while (items.hasNext()) {
            Object item = items.next();
            Object itemKey = key.apply(item);
            boolean better = most
                    ? Sorting.less(bestKey, itemKey, rendering.budget())
                    : Sorting.less(itemKey, bestKey, rendering.budget());
            if (better) {
                best = item;
                bestKey = itemKey;
            }
        }
        return best;
    }

    private static Object sum(Object value, Arguments.Bound arguments, Rendering rendering) {
        UnaryOperator<Object> attribute = Selectors.attribute(arguments.get(0, null), null, rendering);
        Object sum = arguments.get(1, 0L);
        if (Types.isText(sum)) {
            throw Fault.evaluation("sum: texts are joined, not summed");
        }
        for (Iterator<Object> items = Operations.iterator(value, rendering.budget()); items.hasNext(); ) {
            sum = Operations.binary(Operator.ADD, sum, attribute.apply(items.next()), rendering.budget());
        }
        return sum;
    }

    private static Object pairs(Object value, Rendering rendering) {
        if (value instanceof Undefined) {
            return new Generator(List.of().iterator());
        }
        if (!(value instanceof Dict dict)) {
            throw Fault.evaluation("items: a dict is required, not " + Types.name(value));
        }
        rendering.budget().items(dict.size());
        return new Generator(dict.items().iterator());
    }

    private static Object batch(Object value, Arguments.Bound arguments, Rendering rendering) {
        int size = arguments.integer(0, 1);
        Object fill = arguments.get(1, null);
        Iterator<Object> items = Operations.iterator(value, rendering.budget());
        return Generator.of(value, () -> {
            if (!items.hasNext()) {
                return null;
            }
            List<Object> batch = new ArrayList<>();
            while (items.hasNext() && (batch.isEmpty() || batch.size() < size)) {
                rendering.budget().step();
                batch.add(items.next());
            }
            rendering.budget().items(fill == null ? batch.size() : Math.max(size, batch.size()));
            while (fill != null && batch.size() < size) {
                batch.add(fill);
            }
            return new Object[] {batch};
        });
    }

    private static Object slices(Object value, Arguments.Bound arguments, Rendering rendering) {
        List<Object> items = Operations.items(value, rendering.budget());
        int count = arguments.integer(0, 1);
        if (count < 1) {
            throw Fault.evaluation("slice: slices is " + count + ", allowed is 1 or more");
        }
        rendering.budget().items((long) count + items.size());
        int size = items.size() / count;
        int larger = items.size() % count;
        List<Object> slices = new ArrayList<>(count);
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = from + size + (i < larger ? 1 : 0);
            List<Object> slice = new ArrayList<>(items.subList(from, to));
            if (arguments.get(1, null) != null && i >= larger) {
                slice.add(arguments.get(1));
            }
            slices.add(slice);
            from = to;
        }
        return new Generator(slices.iterator());
    }

    private static Object groups(Object value, Arguments.Bound arguments, Rendering rendering) {
        Budget budget = rendering.budget();
        UnaryOperator<Object> attribute = Selectors.attribute(arguments.get(0), arguments.get(1, null), rendering);
        UnaryOperator<Object> key = key(attribute, arguments.flag(2, false));
        List<Object> groups = new ArrayList<>();
        List<Object> members = new ArrayList<>();
        Object current = null;
        for (Object item : Sorting.sort(Operations.items(value, budget), key, false, budget)) {
            Object itemKey = key.apply(item);
            if (members.isEmpty() || !Operations.equal(current, itemKey, budget)) {
                members = new ArrayList<>();
                groups.add(new Group(attribute.apply(item), members));
                current = itemKey;
            }
            members.add(item);
        }
        return groups;
    }
}
