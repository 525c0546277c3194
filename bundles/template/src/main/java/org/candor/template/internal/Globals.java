package org.candor.template.internal;

import java.util.List;
import java.util.Map;
import org.candor.api.chat.TemplateException;

/** Functions that every template sees, unless a variable has their name. */
final class Globals {
    private static final Map<String, Callable.Function> ALL = Map.ofEntries(
            function("range", Globals::range),
            function("dict", (rendering, arguments) -> dict("dict", arguments, rendering)),
            function("namespace", Globals::namespace),
            function("cycler", (rendering, arguments) -> new Cycler(Callable.values("cycler", arguments))),
            function("joiner", Globals::joiner),
            function("raise_exception", (rendering, arguments) -> {
                Object message =
                        arguments.bind("raise_exception()", List.of("message")).get(0);
                throw new Fault(TemplateException.Kind.RAISED, 0, Printer.text(message, rendering.budget()));
            }),
            function("strftime_now", (rendering, arguments) -> {
                Object format =
                        arguments.bind("strftime_now()", List.of("format")).get(0);
                if (!Types.isText(format)) {
                    throw Fault.evaluation("strftime_now: a format is required, not " + Types.name(format));
                }
                return Clock.format(Types.text(format), rendering.now(), rendering.budget());
            }),
            function("lipsum", (rendering, arguments) -> {
                throw Fault.evaluation("lipsum() is not supported: it makes up random text");
            }));

    private Globals() {}

    /** A function, or null. */
    static Callable named(String name) {
        return ALL.get(name);
    }

    private static Map.Entry<String, Callable.Function> function(String name, Callable.Body body) {
        return Map.entry(name, new Callable.Function(name, body));
    }

    private static Object range(Rendering rendering, Arguments arguments) {
        List<Object> bounds = Callable.values("range", arguments);
        if (bounds.isEmpty() || bounds.size() > 3) {
            throw Fault.evaluation("range() takes one to three arguments, got " + bounds.size());
        }
        for (Object bound : bounds) {
            Operations.used(bound);
            if (!Numbers.isInteger(bound)) {
                throw Fault.evaluation("range: '" + Types.name(bound) + "' object cannot be interpreted as an integer");
            }
        }
        long start = bounds.size() > 1 ? Numbers.clamped(bounds.get(0)) : 0;
        long stop = Numbers.clamped(bounds.get(bounds.size() > 1 ? 1 : 0));
        long step = bounds.size() > 2 ? Numbers.clamped(bounds.get(2)) : 1;
        if (step == 0) {
            throw Fault.evaluation("range() arg 3 must not be zero");
        }
        NumberRange range = new NumberRange(start, stop, step);
        if (range.size() > NumberRange.MOST) {
            throw Fault.limit("a range of " + range.size() + " numbers, allowed are " + NumberRange.MOST);
        }
        return range;
    }

    /** Members from a dict or pairs, and from named arguments. */
    private static Dict dict(String function, Arguments arguments, Rendering rendering) {
        Dict made = new Dict();
        Budget budget = rendering.budget();
        if (arguments.positional().size() > 1) {
            throw Fault.evaluation(function + "() takes at most one dict or list of pairs");
        }
        for (Object source : arguments.positional()) {
            List<Object> pairs = source instanceof Dict dict ? dict.items() : Operations.items(source, budget);
            budget.items(pairs.size());
            for (Object item : pairs) {
                List<Object> pair = Operations.items(item, budget);
                if (pair.size() != 2) {
                    throw Fault.evaluation(
                            function + "(): expected pairs of key and value, got " + pair.size() + " items");
                }
                made.put(pair.get(0), pair.get(1));
            }
        }
        arguments.named().forEach(made::put);
        return made;
    }

    private static Object namespace(Rendering rendering, Arguments arguments) {
        Namespace namespace = new Namespace();
        for (Dict.Entry entry : dict("namespace", arguments, rendering).entries()) {
            if (!Types.isText(entry.key())) {
                throw Fault.evaluation("namespace: names are texts, not " + Types.name(entry.key()));
            }
            namespace.set(Types.text(entry.key()), entry.value());
        }
        return namespace;
    }

    private static Object joiner(Rendering rendering, Arguments arguments) {
        Object separator = arguments.bind("joiner()", List.of("sep?")).get(0, ", ");
        boolean[] used = new boolean[1];
        return new Callable.Function("joiner", (inner, none) -> {
            Object text = used[0] ? separator : "";
            used[0] = true;
            return text;
        });
    }
}
