package org.candor.gateway.internal;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The members of a JSON object, taken by name and type; what nobody takes is refused by name. Used by one thread. */
final class Members {

    private final String prefix;
    private final Map<String, Object> object;
    private final Set<String> known;

    /** @param known names that may be there */
    Members(Map<String, Object> object, String... known) {
        this("", object, known);
    }

    private Members(String prefix, Map<String, Object> object, String... known) {
        this.prefix = prefix;
        this.object = object;
        this.known = new LinkedHashSet<>(List.of(known));
        for (String name : object.keySet()) {
            if (!this.known.contains(name)) {
                throw ApiError.invalid(
                        "unknown_parameter",
                        prefix + name,
                        "Member \"" + prefix + name + "\" is not known here; known are " + String.join(", ", this.known)
                                + ".");
            }
        }
    }

    boolean has(String name) {
        return object.get(name) != null;
    }

    /** A string, or null where it is missing or null. */
    String string(String name) {
        Object value = object.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(name, "a string");
    }

    String neededString(String name) {
        if (!has(name)) {
            throw missing(name);
        }
        return string(name);
    }

    /** An integer of the int range, or the fallback where it is missing. */
    int integer(String name, int fallback) {
        Object value = object.get(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Long number && number == number.intValue()) {
            return number.intValue();
        }
        throw wrong(name, "an integer");
    }

    /** True or false, or the fallback where it is missing. */
    boolean flag(String name, boolean fallback) {
        Object value = object.get(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "true or false");
    }

    /** A moment in ISO 8601 with its offset. */
    Instant time(String name) {
        try {
            return OffsetDateTime.parse(neededString(name)).toInstant();
        } catch (DateTimeParseException e) {
            throw wrong(name, "a time such as 2027-01-31T00:00:00Z");
        }
    }

    /** A list of objects, each with these members. */
    @SuppressWarnings("unchecked")
    List<Members> objects(String name, String... known) {
        if (!(object.get(name) instanceof List<?> list)) {
            throw wrong(name, "an array of objects");
        }
        List<Members> result = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof Map<?, ?> map)) {
                throw wrong(name, "an array of objects");
            }
            result.add(new Members(prefix + name + "[" + i + "].", (Map<String, Object>) map, known));
        }
        return result;
    }

    /** A list of strings, or null where it is missing. */
    Set<String> strings(String name) {
        Object value = object.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof List<?> list)) {
            throw wrong(name, "an array of strings");
        }
        Set<String> result = new LinkedHashSet<>();
        for (Object item : list) {
            if (!(item instanceof String text)) {
                throw wrong(name, "an array of strings");
            }
            result.add(text);
        }
        return result;
    }

    /** The members of an object, or null where it is missing. */
    @SuppressWarnings("unchecked")
    Members object(String name, String... known) {
        Object value = object.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Map<?, ?> map) {
            return new Members(prefix + name + ".", (Map<String, Object>) map, known);
        }
        throw wrong(name, "an object");
    }

    /** The value as it is, or null. */
    Object any(String name) {
        return object.get(name);
    }

    ApiError missing(String name) {
        return ApiError.invalid(
                "missing_required_parameter", prefix + name, "Member \"" + prefix + name + "\" is missing.");
    }

    ApiError wrong(String name, String wanted) {
        return ApiError.invalid(
                "invalid_value", prefix + name, "Member \"" + prefix + name + "\" must be " + wanted + ".");
    }

    /** @param why it is not served, as a clause */
    ApiError unsupported(String name, String why) {
        return ApiError.invalid(
                "unsupported_parameter",
                prefix + name,
                "Member \"" + prefix + name + "\" is not supported here: " + why + ".");
    }
}
