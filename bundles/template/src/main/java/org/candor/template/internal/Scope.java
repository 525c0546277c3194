package org.candor.template.internal;

import java.util.HashMap;
import java.util.Map;

/** Names of a part of a template, within those of the part around it. Belongs to one rendering. */
final class Scope {
    /** Stands for a name that no scope has, because None is a value. */
    static final Object ABSENT = new Object();

    private final Scope around;
    private Map<String, Object> names;

    /** @param around null for the outermost */
    Scope(Scope around) {
        this.around = around;
    }

    void set(String name, Object value) {
        if (names == null) {
            names = new HashMap<>();
        }
        names.put(name, value);
    }

    /** The value of a name in the innermost scope that has it, or {@code ABSENT}. */
    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.around) {
            if (scope.names != null) {
                Object value = scope.names.getOrDefault(name, ABSENT);
                if (value != ABSENT) {
                    return value;
                }
            }
        }
        return ABSENT;
    }
}
