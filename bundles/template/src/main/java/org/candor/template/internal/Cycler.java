package org.candor.template.internal;

import java.util.List;

/** Gives its items in turn, again and again. Belongs to one rendering. */
final class Cycler {
    private final List<Object> items;
    private int at;

    Cycler(List<Object> items) {
        if (items.isEmpty()) {
            throw Fault.evaluation("cycler() needs at least one item");
        }
        this.items = items;
    }

    Object current() {
        return items.get(at);
    }

    Object method(String name) {
        return switch (name) {
            case "next" ->
                new Callable.Function("next", (rendering, arguments) -> {
                    Object item = items.get(at);
                    at = (at + 1) % items.size();
                    return item;
                });
            case "reset" ->
                new Callable.Function("reset", (rendering, arguments) -> {
                    at = 0;
                    return null;
                });
            default -> null;
        };
    }
}
