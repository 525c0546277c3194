package org.candor.policy.internal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Typed access to the JSON of a pack's file, with errors that name file, key, value and what is allowed. */
final class JsonReader {

    /** Strict: no duplicate members, nothing after the end, bounded depth. */
    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(32).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .build();

    private static final int MOST_SHOWN = 80;

    private final String file;
    private final String prefix;
    private final Map<String, Object> values;

    private JsonReader(String file, String prefix, Map<String, Object> values) {
        this.file = file;
        this.prefix = prefix;
        this.values = values;
    }

    static JsonReader object(String file, byte[] json) {
        return of(file, "", parse(file, json));
    }

    /** Each element of an array of objects. */
    static List<JsonReader> objects(String file, byte[] json) {
        if (!(parse(file, json) instanceof List<?> list)) {
            throw new InvalidPackException(file + " is no JSON array");
        }
        List<JsonReader> readers = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            readers.add(of(file, "[" + i + "].", list.get(i)));
        }
        return readers;
    }

    private static Object parse(String file, byte[] json) {
        try {
            return JSON.readValue(json, Object.class);
        } catch (JacksonException e) {
            throw new InvalidPackException(file + " is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new InvalidPackException(file + " cannot be read: " + e.getMessage());
        }
    }

    @SuppressWarnings("unchecked")
    private static JsonReader of(String file, String prefix, Object value) {
        if (value instanceof Map<?, ?> map) {
            return new JsonReader(file, prefix, (Map<String, Object>) map);
        }
        throw new InvalidPackException(file + ": " + (prefix.isEmpty() ? "" : prefix + " ") + "is no JSON object");
    }

    Map<String, Object> values() {
        return new LinkedHashMap<>(values);
    }

    Set<String> names() {
        return values.keySet();
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    /** Refuses members that mean nothing. */
    JsonReader only(String... known) {
        for (String name : values.keySet()) {
            if (!List.of(known).contains(name)) {
                throw wrong(name, "no such member; allowed are " + String.join(", ", known));
            }
        }
        return this;
    }

    JsonReader inside(String key) {
        if (values.get(key) instanceof Map<?, ?>) {
            return of(file, prefix + key + ".", values.get(key));
        }
        throw wrong(key, "an object is needed");
    }

    String text(String key) {
        if (values.get(key) instanceof String text) {
            return text;
        }
        throw wrong(key, "a string is needed");
    }

    String text(String key, String fallback) {
        return has(key) ? text(key) : fallback;
    }

    String matching(String key, String pattern) {
        String text = text(key);
        if (!text.matches(pattern)) {
            throw wrong(key, "it has to match " + pattern);
        }
        return text;
    }

    /** A list of strings; empty where it is missing. */
    List<String> texts(String key) {
        Object value = values.get(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw wrong(key, "an array of strings is needed");
    }

    Object value(String key) {
        return values.get(key);
    }

    InvalidPackException wrong(String key, String needed) {
        Object value = values.get(key);
        String found = value == null ? "missing" : "\"" + value + "\"";
        return new InvalidPackException(file + ": " + prefix + key + " is "
                + (found.length() > MOST_SHOWN ? found.substring(0, MOST_SHOWN) + "..." : found) + ": " + needed);
    }
}
