package org.candor.shell.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.candor.proof.Json;

/**
 * Values of the contracts as JSON values: a record is an object with its components as members, an enum constant its name in
 * lower case, a set a sorted array; what is no number is null, and what else there is becomes text. So what a contract adds
 * is shown without a change here.
 */
public final class Plain {

    private Plain() {}

    /** The value as JSON on one line. */
    public static String json(Object value) {
        return Json.write(of(value));
    }

    /** The value as maps, lists, strings, numbers, booleans and null. */
    public static Object of(Object value) {
        return switch (value) {
            case null -> null;
            case Boolean flag -> flag;
            case String text -> text;
            case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
            case Double number when !Double.isFinite(number) -> null;
            case Float number when !Float.isFinite(number) -> null;
            case Number number -> number;
            case Record members -> members(members);
            case Map<?, ?> map -> {
                Map<String, Object> plain = new LinkedHashMap<>();
                map.forEach((name, each) -> plain.put(String.valueOf(name), of(each)));
                yield plain;
            }
            case Set<?> set ->
                set.stream()
                        .map(Plain::of)
                        .sorted(java.util.Comparator.comparing(String::valueOf))
                        .toList();
            case Collection<?> list -> list(list);
            default -> value.toString();
        };
    }

    private static List<Object> list(Collection<?> values) {
        List<Object> plain = new java.util.ArrayList<>();
        values.forEach(value -> plain.add(of(value)));
        return plain;
    }

    private static Map<String, Object> members(Record value) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            try {
                members.put(component.getName(), of(component.getAccessor().invoke(value)));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("a contract's record is not public: " + value.getClass(), e);
            } catch (InvocationTargetException e) {
                throw new IllegalStateException(component + " cannot be read", e.getCause());
            }
        }
        return members;
    }
}
