package org.candor.template.internal;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one thing that a template can change, also from within a loop. Belongs to one rendering. */
final class Namespace {
    private final Map<String, Object> members = new LinkedHashMap<>();

    /** @throws Fault for a name that begins with an underscore, as in transformers */
    void set(String name, Object value) {
        if (name.startsWith("_")) {
            throw Fault.evaluation("a namespace cannot hold \"" + Source.shortened(name)
                    + "\": names do not begin with an underscore");
        }
        members.put(name, value);
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    Object get(String name) {
        return members.get(name);
    }

    /** Its members, for printing. */
    Dict asDict() {
        Dict dict = new Dict();
        members.forEach(dict::put);
        return dict;
    }
}
