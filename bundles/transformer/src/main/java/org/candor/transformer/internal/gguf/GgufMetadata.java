package org.candor.transformer.internal.gguf;

import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.model.ModelFormatException;

/**
 * The keys and values of a GGUF file, in its order. Asking for a value of the wrong type is refused with file, key and
 * both types. Remembers which keys were asked for, so that what nobody read can be named. Not thread safe.
 */
public final class GgufMetadata {

    /** A value with its type in the file. */
    record Entry(GgufValueType type, Object value) {}

    private final String file;
    private final Map<String, Entry> entries;
    private final Set<String> asked = new TreeSet<>();

    GgufMetadata(String file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /** Name of the file, for messages. */
    public String file() {
        return file;
    }

    /** All keys, in the order of the file. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** Keys never asked for, sorted. */
    public Set<String> unread() {
        Set<String> unread = new TreeSet<>(entries.keySet());
        unread.removeAll(asked);
        return unread;
    }

    /** The type of a value, null when the key is not there. */
    public GgufValueType type(String key) {
        Entry entry = entries.get(key);
        return entry == null ? null : entry.type;
    }

    /**
     * A value: Long (BigInteger above 2^63 - 1), Float, Double, Boolean, String or {@link GgufArray}; null when the key
     * is not there.
     */
    public Object value(String key) {
        Entry entry = entry(key);
        return entry == null ? null : entry.value;
    }

    /** A string, null when the key is not there. */
    public String text(String key) throws ModelFormatException {
        Entry entry = entry(key);
        return entry == null ? null : (String) checked(key, entry, entry.type == GgufValueType.STRING, "a string");
    }

    /** A boolean, null when the key is not there. */
    public Boolean truth(String key) throws ModelFormatException {
        Entry entry = entry(key);
        return entry == null ? null : (Boolean) checked(key, entry, entry.type == GgufValueType.BOOL, "a boolean");
    }

    /** A whole number of any width, null when the key is not there. */
    public Long whole(String key) throws ModelFormatException {
        Entry entry = entry(key);
        if (entry == null) {
            return null;
        }
        if (checked(key, entry, entry.type.whole(), "a whole number") instanceof BigInteger large) {
            throw new ModelFormatException(file + ": " + key + " is " + large + ", above 2^63 - 1");
        }
        return (Long) entry.value;
    }

    /** A number of any type, null when the key is not there; a binary32 as the shortest decimal that names it. */
    public Double number(String key) throws ModelFormatException {
        Entry entry = entry(key);
        if (entry == null) {
            return null;
        }
        return switch (entry.value) {
            case Float value -> Double.valueOf(value.toString());
            case Number value -> value.doubleValue();
            default -> throw wrongType(key, entry, "a number");
        };
    }

    /** An array, null when the key is not there. */
    public GgufArray array(String key) throws ModelFormatException {
        Entry entry = entry(key);
        return entry == null ? null : (GgufArray) checked(key, entry, entry.type == GgufValueType.ARRAY, "an array");
    }

    /** An array of strings, null when the key is not there. */
    @SuppressWarnings("unchecked")
    public List<String> texts(String key) throws ModelFormatException {
        GgufArray array = array(key);
        if (array != null && array.elementType() != GgufValueType.STRING) {
            throw new ModelFormatException(
                    file + ": " + key + " must be an array of strings, but is one of " + array.elementType());
        }
        return (List<String>) (List<?>) array;
    }

    /** Foreign text for a message: one line of at most so many characters. */
    static String shown(String text, int most) {
        String line = text.substring(0, Math.min(text.length(), most)).replaceAll("\\p{Cntrl}", "?");
        return text.length() > most ? line + "..." : line;
    }

    private Entry entry(String key) {
        asked.add(key);
        return entries.get(key);
    }

    private Object checked(String key, Entry entry, boolean fits, String wanted) throws ModelFormatException {
        if (!fits) {
            throw wrongType(key, entry, wanted);
        }
        return entry.value;
    }

    private ModelFormatException wrongType(String key, Entry entry, String wanted) {
        return new ModelFormatException(file + ": " + key + " must be " + wanted + ", but is of type " + entry.type);
    }
}
