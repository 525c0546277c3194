package org.candor.api.configuration;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads properties as an annotation type describes them, with errors that name the key; the component runtime's own
 * conversion names none. Names of methods become keys as Declarative Services 1.5, section 112.8.2.1, says ({@code _password} is
 * {@code .password}, {@code driver_target} is {@code driver.target}). Values are int, long, double, boolean, String and
 * String[]. Immutable and thread safe.
 */
final class ConfigurationReader<C> {

    /** Keys that the platform adds. */
    private static final List<String> FOREIGN = List.of(
            "service.", "component.", "felix.", "objectClass", "osgi.", "org.apache.", "config.", ":configurator:");

    private final String pid;
    private final Class<C> type;
    private final Map<String, Method> keys = new TreeMap<>();
    private final Set<String> others;

    ConfigurationReader(String pid, Class<C> type, Set<String> others) {
        this.pid = pid;
        this.type = type;
        this.others = others;
        for (Method method : type.getDeclaredMethods()) {
            keys.put(key(method.getName()), method);
        }
    }

    String pid() {
        return pid;
    }

    /** Whether a mistyped key may have a value that no log should hold. */
    private static boolean secret(String key) {
        return key.toLowerCase(Locale.ROOT).contains("pass");
    }

    private static String key(String method) {
        return method.replace('_', '.');
    }

    /**
     * Properties without those that the platform adds, in a form that can be compared and holds nothing but texts.
     *
     * @param properties any
     */
    static Map<String, Object> written(Map<String, ?> properties) {
        Map<String, Object> written = new TreeMap<>();
        properties.forEach((key, value) -> {
            if (value != null && FOREIGN.stream().noneMatch(key::startsWith)) {
                written.put(key, texts(value));
            }
        });
        return written;
    }

    /** @throws InvalidConfigurationException naming key, value and what is allowed */
    C read(Map<String, ?> properties) {
        for (Map.Entry<String, ?> entry : properties.entrySet()) {
            String key = entry.getKey();
            if (!keys.containsKey(key)
                    && !others.contains(key)
                    && FOREIGN.stream().noneMatch(key::startsWith)) {
                Set<String> known = new TreeSet<>(keys.keySet());
                known.addAll(others);
                throw new InvalidConfigurationException(
                        pid, key, secret(key) ? "..." : entry.getValue(), "the keys " + String.join(", ", known));
            }
        }
        Map<String, Object> values = new HashMap<>();
        keys.forEach((key, method) -> {
            Object value = properties.get(key);
            values.put(
                    method.getName(),
                    value == null ? method.getDefaultValue() : convert(key, value, method.getReturnType()));
        });
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler(values)));
    }

    private InvocationHandler handler(Map<String, Object> values) {
        return (proxy, method, arguments) -> switch (method.getName()) {
            case "annotationType" -> type;
            case "toString" -> pid + " " + new TreeMap<>(values).keySet();
            case "hashCode" ->
                Arrays.deepHashCode(new TreeMap<>(values).values().toArray());
            case "equals" -> equal(values, arguments[0]);
            default -> {
                Object value = values.get(method.getName());
                yield value instanceof String[] texts ? texts.clone() : value;
            }
        };
    }

    private boolean equal(Map<String, Object> values, Object other) throws ReflectiveOperationException {
        if (!type.isInstance(other)) {
            return false;
        }
        for (Method method : keys.values()) {
            method.setAccessible(true);
            if (!Objects.deepEquals(values.get(method.getName()), method.invoke(other))) {
                return false;
            }
        }
        return true;
    }

    private Object convert(String key, Object value, Class<?> wanted) {
        if (wanted == String[].class) {
            return texts(value).toArray(String[]::new);
        }
        List<String> texts = texts(value);
        if (texts.size() != 1) {
            throw new InvalidConfigurationException(pid, key, texts, "one value");
        }
        String text = texts.getFirst();
        if (wanted == String.class) {
            return text;
        }
        String number = text.strip();
        try {
            if (wanted == int.class) {
                return Integer.valueOf(number);
            }
            if (wanted == long.class) {
                return Long.valueOf(number);
            }
            if (wanted == double.class) {
                double real = Double.parseDouble(number);
                if (Double.isFinite(real)) {
                    return real;
                }
            }
        } catch (NumberFormatException e) {
            // Said below, with what is allowed.
        }
        if (wanted == boolean.class && (number.equals("true") || number.equals("false"))) {
            return Boolean.valueOf(number);
        }
        throw new InvalidConfigurationException(pid, key, text, allowed(wanted));
    }

    private static String allowed(Class<?> wanted) {
        return switch (wanted.getName()) {
            case "int" -> "whole numbers up to " + Integer.MAX_VALUE;
            case "long" -> "whole numbers up to " + Long.MAX_VALUE;
            case "double" -> "numbers such as 0.5";
            case "boolean" -> "true and false";
            default -> throw new IllegalArgumentException("a configuration has no values of type " + wanted);
        };
    }

    private static List<String> texts(Object value) {
        if (value instanceof Collection<?> several) {
            return several.stream().map(String::valueOf).toList();
        }
        if (value.getClass().isArray()) {
            String[] texts = new String[Array.getLength(value)];
            Arrays.setAll(texts, i -> String.valueOf(Array.get(value, i)));
            return List.of(texts);
        }
        return List.of(String.valueOf(value));
    }
}
