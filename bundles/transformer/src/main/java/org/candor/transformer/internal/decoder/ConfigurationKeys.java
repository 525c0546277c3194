package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.json.StrictJson;

/**
 * The keys of a configuration file or of an object in it. A key whose value is null counts as absent, unless
 * {@link #names} is asked.
 *
 * @param file name of the file, for messages
 * @param path of the object within the file with a dot behind it, or empty
 * @param values by key
 */
record ConfigurationKeys(String file, String path, Map<String, Object> values) {

    static ConfigurationKeys read(Path file) throws IOException {
        return new ConfigurationKeys(file.getFileName().toString(), "", StrictJson.object(file));
    }

    /** Whether the key is there, its value possibly null. */
    boolean names(String key) {
        return values.containsKey(key);
    }

    /** Whether the key has a value. */
    boolean has(String key) {
        return values.get(key) != null;
    }

    String string(String key, String fallback) throws ModelFormatException {
        Object value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof String text) {
            return text;
        }
        throw wrong(key, "a string");
    }

    boolean flag(String key, boolean fallback) throws ModelFormatException {
        Object value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "true or false");
    }

    /** @param fallback for an absent key, or null where it is needed */
    int whole(String key, Integer fallback, int least, int most) throws ModelFormatException {
        Object value = values.get(key);
        if (value == null && fallback != null) {
            return fallback;
        }
        if (value instanceof Long n && n >= least && n <= most) {
            return n.intValue();
        }
        // Some writers give whole numbers a fraction of zero.
        if (value instanceof Double d && d >= least && d <= most && d == Math.rint(d)) {
            return d.intValue();
        }
        throw wrong(key, "a whole number from " + least + " to " + most);
    }

    /** @param fallback for an absent key, or null where it is needed */
    double number(String key, Double fallback, double above, double most) throws ModelFormatException {
        Object value = values.get(key);
        if (value == null && fallback != null) {
            return fallback;
        }
        if (value instanceof Number n && n.doubleValue() > above && n.doubleValue() <= most) {
            return n.doubleValue();
        }
        throw wrong(key, "a number above " + above + " and at most " + most);
    }

    /** Positive numbers, exactly so many. */
    double[] numbers(String key, int count) throws ModelFormatException {
        if (values.get(key) instanceof List<?> list && list.size() == count) {
            double[] numbers = new double[count];
            for (int i = 0; i < count; i++) {
                if (!(list.get(i) instanceof Number n) || !(n.doubleValue() > 0)) {
                    throw wrong(key, "positive numbers");
                }
                numbers[i] = n.doubleValue();
            }
            return numbers;
        }
        throw wrong(key, "a list of " + count + " numbers");
    }

    List<String> strings(String key, int count) throws ModelFormatException {
        List<String> strings = new ArrayList<>();
        if (values.get(key) instanceof List<?> list && list.size() == count) {
            for (Object value : list) {
                if (!(value instanceof String text)) {
                    throw wrong(key, "strings");
                }
                strings.add(text);
            }
            return strings;
        }
        throw wrong(key, "a list of " + count + " strings");
    }

    /** Whole numbers, of which there may be one without a list around it, or none. */
    List<Integer> ids(String key, int limit) throws ModelFormatException {
        Object value = values.get(key);
        List<?> list = value == null ? List.of() : value instanceof List<?> many ? many : List.of(value);
        List<Integer> ids = new ArrayList<>();
        for (Object id : list) {
            if (!(id instanceof Long n) || n < 0 || n >= limit) {
                throw wrong(key, "token ids below " + limit);
            }
            ids.add(n.intValue());
        }
        return List.copyOf(ids);
    }

    /** The object behind a key, or null. */
    @SuppressWarnings("unchecked")
    ConfigurationKeys object(String key) throws ModelFormatException {
        Object value = values.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Map<?, ?> map) {
            return new ConfigurationKeys(file, path + key + ".", (Map<String, Object>) map);
        }
        throw wrong(key, "an object");
    }

    /** @throws ModelFormatException unless the key is absent or false */
    void refuse(String key, String why) throws ModelFormatException {
        Object value = values.get(key);
        if (value != null && !Boolean.FALSE.equals(value)) {
            throw wrong(key, why);
        }
    }

    /** The complaint about a key: file, key, value, and what is allowed. */
    ModelFormatException wrong(String key, String allowed) {
        Object value = values.get(key);
        String text = String.valueOf(value);
        String found = value == null
                ? "is missing"
                : "\"" + (text.length() > 100 ? text.substring(0, 100) + "..." : text) + "\" is not supported";
        return new ModelFormatException(file + ": " + path + key + " " + found + " (allowed: " + allowed + ")");
    }
}
