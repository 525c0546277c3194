package org.candor.models.internal;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.TextEncoder;

/** What a route's models do. A route has one task, which whoever leases from it relies on. */
enum Task {
    EMBED(TextEncoder.class),
    GENERATE(TextGenerator.class);

    private final Class<?> model;

    Task(Class<?> model) {
        this.model = model;
    }

    /** The task whose models are of this kind. */
    static Task of(Class<?> model) {
        return Stream.of(values())
                .filter(task -> task.model == model)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no task has models of " + model));
    }

    /** The one of a card's tasks that a route can have, or null where there is none, or more than one. */
    static Task of(Set<String> tasks) {
        Set<String> known = new TreeSet<>(tasks);
        known.retainAll(Stream.of(values()).map(Task::toString).collect(Collectors.toSet()));
        return known.size() == 1 ? valueOf(known.iterator().next().toUpperCase(Locale.ROOT)) : null;
    }

    /** All of them, as a sentence names them. */
    static String choice() {
        return Stream.of(values()).map(Task::toString).collect(Collectors.joining(" or "));
    }

    /** As cards write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
