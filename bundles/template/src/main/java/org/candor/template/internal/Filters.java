package org.candor.template.internal;

import java.util.HashMap;
import java.util.Map;

/** The filters that a template can name. */
final class Filters {
    private static final Map<String, BuiltinFilter> ALL = table();

    private Filters() {}

    /** A filter, or null. */
    static BuiltinFilter named(String name) {
        return ALL.get(name);
    }

    private static Map<String, BuiltinFilter> table() {
        Map<String, BuiltinFilter> filters = new HashMap<>();
        TextFilters.all().forEach(filter -> filters.put(filter.name(), filter));
        ValueFilters.all().forEach(filter -> filters.put(filter.name(), filter));
        SequenceFilters.all().forEach(filter -> filters.put(filter.name(), filter));
        SelectionFilters.all().forEach(filter -> filters.put(filter.name(), filter));
        filters.put("d", filters.get("default"));
        filters.put("e", filters.get("escape"));
        filters.put("count", filters.get("length"));
        return Map.copyOf(filters);
    }
}
