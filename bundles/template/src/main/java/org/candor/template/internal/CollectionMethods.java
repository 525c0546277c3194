package org.candor.template.internal;

import java.util.List;

/** Methods of Python's {@code list}, {@code tuple}, {@code dict}, {@code range} and numbers that change nothing. */
final class CollectionMethods {
    private CollectionMethods() {}

    static Object ofSequence(List<?> items, String name) {
        return switch (name) {
            case "index" ->
                new Callable.Function(name, (rendering, arguments) -> {
                    Arguments.Bound bound = arguments.bind("index()", List.of("value", "start?", "stop?"));
                    int from = position(bound.integer(1, 0), items.size());
                    int to = Math.min(items.size(), position(bound.integer(2, items.size()), items.size()));
                    for (int i = from; i < to; i++) {
                        if (Operations.equal(items.get(i), bound.get(0), rendering.budget())) {
                            return (long) i;
                        }
                    }
                    throw Fault.evaluation(Printer.brief(bound.get(0)) + " is not in list");
                });
            case "count" ->
                new Callable.Function(name, (rendering, arguments) -> {
                    Object wanted = arguments.bind("count()", List.of("value")).get(0);
                    long count = 0;
                    for (Object item : items) {
                        count += Operations.equal(item, wanted, rendering.budget()) ? 1 : 0;
                    }
                    return count;
                });
            default -> null;
        };
    }

    private static int position(int position, int size) {
        return position < 0 ? Math.max(0, position + size) : position;
    }

    static Object ofDict(Dict dict, String name) {
        return switch (name) {
            case "keys" -> new Callable.Function(name, (r, a) -> view("dict_keys", dict.keys(), r));
            case "values" -> new Callable.Function(name, (r, a) -> view("dict_values", dict.values(), r));
            case "items" -> new Callable.Function(name, (r, a) -> view("dict_items", dict.items(), r));
            case "get" ->
                new Callable.Function(name, (r, arguments) -> {
                    Arguments.Bound bound = arguments.bind("get()", List.of("key", "default?"));
                    return dict.get(bound.get(0), bound.get(1, null));
                });
            case "copy" ->
                // Nothing can change either of them.
                new Callable.Function(name, (r, arguments) -> dict);
            case "fromkeys" ->
                new Callable.Function(name, (r, arguments) -> {
                    Arguments.Bound bound = arguments.bind("fromkeys()", List.of("iterable", "value?"));
                    Dict made = new Dict();
                    Operations.items(bound.get(0), r.budget()).forEach(key -> made.put(key, bound.get(1, null)));
                    return made;
                });
            default -> null;
        };
    }

    private static Dict.View view(String kind, List<Object> items, Rendering rendering) {
        rendering.budget().items(items.size());
        return new Dict.View(kind, items);
    }

    static Object ofRange(NumberRange range, String name) {
        return switch (name) {
            case "start" -> range.start();
            case "stop" -> range.stop();
            case "step" -> range.step();
            default -> ofSequence(range.items(), name);
        };
    }

    static Object ofNumber(Object number, String name) {
        if (number instanceof Double value) {
            return switch (name) {
                case "is_integer" ->
                    new Callable.Function(name, (r, a) -> value == Math.rint(value) && !Double.isInfinite(value));
                case "real" -> value;
                case "imag" -> 0.0;
                default -> null;
            };
        }
        return switch (name) {
            case "bit_length" ->
                new Callable.Function(
                        name, (r, a) -> (long) Numbers.big(number).abs().bitLength());
            case "bit_count" ->
                new Callable.Function(
                        name, (r, a) -> (long) Numbers.big(number).abs().bitCount());
            case "is_integer" -> new Callable.Function(name, (r, a) -> true);
            case "real", "numerator" -> Numbers.narrow(Numbers.big(number));
            case "imag" -> 0L;
            case "denominator" -> 1L;
            default -> null;
        };
    }
}
