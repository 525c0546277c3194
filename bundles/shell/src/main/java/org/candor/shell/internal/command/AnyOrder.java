package org.candor.shell.internal.command;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Option;

/**
 * Lets options stand behind arguments, as people write them: Karaf takes every word behind the first argument for an
 * argument. So a command declares a last argument that takes all that is left ({@link #NAME}), and here the words are
 * gone through again, in their order. Options are strings, lists of strings, integers or flags; arguments are strings.
 */
final class AnyOrder {

    static final String NAME = "options";
    static final String DESCRIPTION = "Options may stand behind the arguments, too.";

    private final Object command;
    private final List<Field> arguments = new ArrayList<>();
    private final Map<String, Field> options = new LinkedHashMap<>();
    private final List<String> words = new ArrayList<>();

    private AnyOrder(Object command) throws IllegalAccessException {
        this.command = command;
        List<Field> declared = new ArrayList<>();
        for (Class<?> type = command.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                Option option = field.getAnnotation(Option.class);
                if (option != null) {
                    options.put(option.name(), field);
                    for (String alias : option.aliases()) {
                        options.put(alias, field);
                    }
                }
                if (field.isAnnotationPresent(Argument.class)) {
                    declared.add(field);
                }
            }
        }
        declared.sort(Comparator.comparingInt(
                field -> field.getAnnotation(Argument.class).index()));
        for (Field field : declared) {
            field.setAccessible(true);
            Object value = field.get(command);
            if (field.getAnnotation(Argument.class).name().equals(NAME)) {
                if (value instanceof List<?> rest) {
                    rest.forEach(word -> words.add((String) word));
                }
            } else {
                arguments.add(field);
                if (value != null) {
                    words.add((String) value);
                    field.set(command, null);
                }
            }
        }
    }

    /**
     * Puts each word where it belongs.
     *
     * @throws IllegalArgumentException saying which word does not belong anywhere, or what is missing
     */
    static void settle(Object command) {
        try {
            AnyOrder order = new AnyOrder(command);
            order.settle();
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a command's field cannot be set", e);
        }
    }

    private void settle() throws IllegalAccessException {
        int next = 0;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("--")) {
                i = option(word, i);
            } else if (next == arguments.size()) {
                throw new IllegalArgumentException("\"" + word + "\" is one argument too many");
            } else {
                arguments.get(next++).set(command, word);
            }
        }
        for (; next < arguments.size(); next++) {
            Argument missing = arguments.get(next).getAnnotation(Argument.class);
            if (missing.required()) {
                throw new IllegalArgumentException("argument " + missing.name() + " is missing");
            }
        }
    }

    /** @return index of the last word that the option took */
    private int option(String word, int at) throws IllegalAccessException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Field field = options.get(name);
        if (field == null) {
            throw new IllegalArgumentException("there is no option " + name);
        }
        field.setAccessible(true);
        if (field.getType() == boolean.class) {
            if (equals >= 0) {
                throw new IllegalArgumentException(name + " takes no value");
            }
            field.setBoolean(command, true);
            return at;
        }
        int last = equals < 0 ? at + 1 : at;
        if (last == words.size()) {
            throw new IllegalArgumentException(name + " needs a value");
        }
        set(field, name, equals < 0 ? words.get(last) : word.substring(equals + 1));
        return last;
    }

    private void set(Field field, String name, String value) throws IllegalAccessException {
        if (field.getType() == int.class) {
            try {
                field.setInt(command, Integer.parseInt(value));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(name + " needs a whole number, not \"" + value + "\"", e);
            }
        } else if (field.getType() == List.class) {
            List<String> values = new ArrayList<>();
            if (field.get(command) instanceof List<?> before) {
                before.forEach(each -> values.add((String) each));
            }
            values.add(value);
            field.set(command, values);
        } else {
            field.set(command, value);
        }
    }
}
