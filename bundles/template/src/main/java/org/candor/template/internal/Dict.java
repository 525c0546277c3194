package org.candor.template.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Python's dict: keys that are equal in Python ({@code 1}, {@code 1.0}, {@code True}) are one, the first written stays. */
final class Dict {
    private static final int MOST_KEY_DEPTH = 20;

    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    /** A key as it was written, and its value. */
    record Entry(Object key, Object value) {}

    /** A tuple as a key. */
    private record TupleKey(List<Object> keys) {}

    /** Only while it is being built: a template never changes a dict. */
    Dict put(Object key, Object value) {
        Object normal = normal(key, 0);
        Entry old = entries.get(normal);
        entries.put(normal, new Entry(old == null ? key : old.key(), value));
        return this;
    }

    /** What was put under a key, or null. */
    Entry entry(Object key) {
        return entries.get(normal(key, 0));
    }

    boolean contains(Object key) {
        return entries.containsKey(normal(key, 0));
    }

    Object get(Object key, Object otherwise) {
        Entry entry = entry(key);
        return entry == null ? otherwise : entry.value();
    }

    int size() {
        return entries.size();
    }

    List<Object> keys() {
        List<Object> keys = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> keys.add(entry.key()));
        return keys;
    }

    List<Object> values() {
        List<Object> values = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> values.add(entry.value()));
        return values;
    }

    /** Pairs of key and value. */
    List<Object> items() {
        List<Object> items = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> items.add(Tuple.of(entry.key(), entry.value())));
        return items;
    }

    Iterable<Entry> entries() {
        return entries.values();
    }

    /** Whether a value can be a key. */
    static void checkKey(Object key) {
        normal(key, 0);
    }

    /** Equal for keys that are equal in Python. */
    static Object normal(Object key, int depth) {
        return switch (key) {
            case null -> null;
            case String text -> text;
            case Markup markup -> markup.text();
            case Boolean flag -> flag ? 1L : 0L;
            case Long number -> number;
            case Double number -> integral(number);
            case Tuple tuple -> {
                if (depth > MOST_KEY_DEPTH) {
                    throw Fault.limit("a key nested more than " + MOST_KEY_DEPTH + " deep");
                }
                List<Object> keys = new ArrayList<>(tuple.items().size());
                tuple.items().forEach(item -> keys.add(normal(item, depth + 1)));
                yield new TupleKey(keys);
            }
            case List<?> list -> throw unhashable(list);
            case Dict dict -> throw unhashable(dict);
            default -> key;
        };
    }

    private static Object integral(Double number) {
        if (number != Math.rint(number) || Double.isInfinite(number)) {
            return number;
        }
        BigInteger whole = new BigDecimal(number).toBigInteger();
        return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
    }

    private static Fault unhashable(Object value) {
        return Fault.evaluation("unhashable type: '" + Types.name(value) + "'");
    }

    /** What a dict's {@code keys()}, {@code values()} and {@code items()} give. */
    record View(String kind, List<Object> items) {
        View {
            Objects.requireNonNull(items);
        }
    }
}
