package org.candor.template.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Attributes, items and slices of values, as Jinja's immutable sandbox lets templates see them. */
final class Members {
    /** Methods that change their object; the sandbox hides them. */
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");

    private static final Set<String> DICT_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");

    /** Stands for what is not there, because None is a value. */
    private static final Object ABSENT = new Object();

    private Members() {}

    /** {@code value.name}: an attribute, else an item. */
    static Object attribute(Object value, String name) {
        Operations.used(value);
        Object attribute = own(value, name);
        if (attribute != ABSENT) {
            return attribute;
        }
        if (value instanceof Dict dict) {
            Dict.Entry entry = dict.entry(name);
            return entry == null ? Undefined.member(value, name) : entry.value();
        }
        if (value instanceof Namespace namespace && namespace.has(name)) {
            return namespace.get(name);
        }
        return Undefined.member(value, name);
    }

    /** {@code value[key]}: an item, else an attribute. */
    static Object item(Object value, Object key, Rendering rendering) {
        Operations.used(value);
        Budget budget = rendering.budget();
        if (value instanceof Dict dict) {
            if (!(key instanceof List<?>) && !(key instanceof Dict)) {
                Dict.Entry entry = dict.entry(key);
                if (entry != null) {
                    return entry.value();
                }
            }
        } else if (Numbers.isInteger(key)) {
            Object item = at(value, Numbers.clamped(key), budget);
            if (item != ABSENT) {
                return item;
            }
        }
        if (Types.isText(key)) {
            String name = Types.text(key);
            if (value instanceof Namespace namespace && namespace.has(name)) {
                return namespace.get(name);
            }
            Object attribute = own(value, name);
            if (attribute != ABSENT) {
                return attribute;
            }
        }
        return Undefined.member(value, key);
    }

    /** An attribute that a value has by its type. */
    private static Object own(Object value, String name) {
        if (name.startsWith("__") && name.endsWith("__") && name.length() > 4) {
            return value instanceof Dict dict && dict.contains(name) ? ABSENT : Undefined.unsafe(value, name);
        }
        if (value instanceof Group group) {
            return name.equals("grouper") ? group.grouper() : name.equals("list") ? group.list() : ABSENT;
        }
        if (value instanceof Cycler cycler && name.equals("current")) {
            return cycler.current();
        }
        Object method = method(value, name);
        return method == null ? ABSENT : method;
    }

    private static Object method(Object value, String name) {
        return switch (value) {
            case String text -> TextMethods.of(value, name);
            case Markup markup -> TextMethods.of(value, name);
            case Tuple tuple -> CollectionMethods.ofSequence(tuple.items(), name);
            case List<?> list ->
                LIST_CHANGES.contains(name)
                        ? Undefined.unsafe(value, name)
                        : name.equals("copy")
                                ? new Callable.Function("copy", (r, arguments) -> List.copyOf(new ArrayList<>(list)))
                                : CollectionMethods.ofSequence(list, name);
            case Dict dict ->
                DICT_CHANGES.contains(name) ? Undefined.unsafe(value, name) : CollectionMethods.ofDict(dict, name);
            case NumberRange range -> CollectionMethods.ofRange(range, name);
            case Loop loop -> loop.attribute(name);
            case Macro macro -> macro.attribute(name);
            case Cycler cycler -> cycler.method(name);
            case SelfReference self -> self.attribute(name);
            case Bytes bytes ->
                name.equals("decode") ? new Callable.Function("decode", (r, arguments) -> bytes.decoded()) : null;
            case null, default -> Numbers.isNumber(value) ? CollectionMethods.ofNumber(value, name) : null;
        };
    }

    private static Object at(Object value, int index, Budget budget) {
        if (Types.isText(value)) {
            String text = Types.text(value);
            int count = CodePoints.count(text, budget);
            int at = index < 0 ? index + count : index;
            if (at < 0 || at >= count) {
                return ABSENT;
            }
            String part = CodePoints.part(text, count, at, at + 1);
            return value instanceof Markup ? new Markup(part) : part;
        }
        List<?> items =
                switch (value) {
                    case Tuple tuple -> tuple.items();
                    case List<?> list -> list;
                    case NumberRange range -> range.items();
                    case Group group -> group.pair().items();
                    case null, default -> null;
                };
        if (items == null) {
            return ABSENT;
        }
        int at = index < 0 ? index + items.size() : index;
        return at < 0 || at >= items.size() ? ABSENT : items.get(at);
    }

    /** {@code value[from:to:step]}; null stands for what is left out. */
    static Object slice(Object value, Object from, Object to, Object step, Rendering rendering) {
        Operations.used(value);
        Budget budget = rendering.budget();
        int stride = step == null ? 1 : bound(step);
        if (stride == 0) {
            throw Fault.evaluation("slice step cannot be zero");
        }
        if (Types.isText(value)) {
            String part = slice(Types.text(value), from, to, stride, budget);
            return value instanceof Markup ? new Markup(part) : part;
        }
        List<?> items =
                switch (value) {
                    case Tuple tuple -> tuple.items();
                    case List<?> list -> list;
                    case NumberRange range -> range.items();
                    case null, default -> null;
                };
        if (items == null) {
            return Undefined.member(value, "slice");
        }
        int[] positions = positions(items.size(), from, to, stride);
        if (value instanceof NumberRange range) {
            long first = range.start() + positions[0] * range.step();
            return new NumberRange(first, first + positions[1] * range.step() * stride, range.step() * stride);
        }
        budget.items(positions[1]);
        List<Object> part = new ArrayList<>(positions[1]);
        for (int i = 0; i < positions[1]; i++) {
            part.add(items.get(positions[0] + i * stride));
        }
        return value instanceof Tuple ? new Tuple(part) : part;
    }

    private static String slice(String text, Object from, Object to, int stride, Budget budget) {
        int count = CodePoints.count(text, budget);
        int[] positions = positions(count, from, to, stride);
        budget.characters(positions[1]);
        if (stride == 1) {
            return CodePoints.part(text, count, positions[0], positions[0] + positions[1]);
        }
        int[] points = text.codePoints().toArray();
        StringBuilder part = new StringBuilder(positions[1]);
        for (int i = 0; i < positions[1]; i++) {
            part.appendCodePoint(points[positions[0] + i * stride]);
        }
        return part.toString();
    }

    /** The first position and the number of positions of a slice (Python language reference, 3.3.7 on slices). */
    private static int[] positions(int length, Object from, Object to, int stride) {
        int least = stride > 0 ? 0 : -1;
        int most = stride > 0 ? length : length - 1;
        int first = from == null ? (stride > 0 ? least : most) : within(bound(from), length, least, most);
        int last = to == null ? (stride > 0 ? most : least) : within(bound(to), length, least, most);
        long span = stride > 0 ? (long) last - first : (long) first - last;
        long step = Math.abs((long) stride);
        return new int[] {first, span <= 0 ? 0 : (int) ((span + step - 1) / step)};
    }

    private static int within(int position, int length, int least, int most) {
        long counted = position < 0 ? (long) position + length : position;
        return (int) Math.max(least, Math.min(most, counted));
    }

    private static int bound(Object value) {
        Operations.used(value);
        if (!Numbers.isInteger(value)) {
            throw Fault.evaluation("slice indices must be integers or None, not " + Types.name(value));
        }
        return Numbers.clamped(value);
    }
}
