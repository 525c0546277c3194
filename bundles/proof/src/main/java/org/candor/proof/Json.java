package org.candor.proof;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Strict JSON (RFC 8259, as restricted by I-JSON, RFC 7493) as plain values, and its canonical form (RFC 8785).
 *
 * <p>Values: {@code Map<String, Object>} (in order of appearance), {@code List<Object>}, {@code String}, {@code Long} for
 * whole numbers of at most 2^53, {@code Double} for other numbers, {@code Boolean}, {@code null}. The writers take any
 * {@link Map}, {@link List}, {@link Number} that is a finite double or a whole number of at most 2^53.
 */
public final class Json {

    /** Largest magnitude of a whole number that a binary64 holds exactly together with all smaller ones. */
    static final long MAX_SAFE = 1L << 53;

    /** Deepest nesting of arrays and objects. */
    public static final int MAX_DEPTH = 64;

    private Json() {}

    /**
     * Reads one value.
     *
     * @param utf8 the whole text, without byte order mark
     * @throws JsonException for anything but JSON, also for duplicate names, unpaired surrogates, numbers beyond a
     *     binary64, or nesting deeper than {@link #MAX_DEPTH}
     */
    public static Object parse(byte[] utf8) {
        return parse(decode(utf8));
    }

    private static String decode(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new JsonException("the text is not UTF-8");
        }
    }

    /** Reads one value; see {@link #parse(byte[])}. */
    public static Object parse(String text) {
        return new JsonParser(text, false).parse();
    }

    /**
     * Reads an object; see {@link #parse(byte[])}.
     *
     * @throws JsonException also for any other value
     */
    public static Map<String, Object> parseObject(byte[] utf8) {
        return object(parse(utf8));
    }

    /**
     * Reads an object in which no two texts of a number mean the same value but for their form: a number is refused when
     * it has to be rounded to a binary64, and so is minus zero.
     */
    public static Map<String, Object> parseExactObject(byte[] utf8) {
        return object(new JsonParser(decode(utf8), true).parse());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        if (value instanceof Map<?, ?> object) {
            return (Map<String, Object>) object;
        }
        throw new JsonException("an object is needed");
    }

    /** Writes a value compactly, members in the map's order. Numbers as RFC 8785 has them. */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, false, out, 0);
        return out.toString();
    }

    /**
     * The canonical form of RFC 8785, UTF-8: no white space, members sorted by UTF-16 code units, numbers as ECMAScript
     * writes them.
     *
     * @throws JsonException for values JSON has not, and unpaired surrogates
     */
    public static byte[] canonical(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, true, out, 0);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Object value, boolean sorted, StringBuilder out, int depth) {
        if (depth > MAX_DEPTH) {
            throw new JsonException("nested deeper than " + MAX_DEPTH);
        }
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag.booleanValue());
            case String text -> writeString(text, out);
            case Number number -> writeNumber(number, out);
            case List<?> list -> {
                out.append('[');
                String separator = "";
                for (Object element : list) {
                    out.append(separator);
                    write(element, sorted, out, depth + 1);
                    separator = ",";
                }
                out.append(']');
            }
            case Map<?, ?> map -> {
                out.append('{');
                String separator = "";
                Object[] names = map.keySet().toArray();
                if (sorted) {
                    // String's natural order is that of UTF-16 code units, which RFC 8785, section 3.2.3 asks for.
                    Arrays.sort(names);
                }
                for (Object name : names) {
                    if (!(name instanceof String text)) {
                        throw new JsonException("a member's name is " + name + ", a string is needed");
                    }
                    out.append(separator);
                    writeString(text, out);
                    out.append(':');
                    write(map.get(name), sorted, out, depth + 1);
                    separator = ",";
                }
                out.append('}');
            }
            default -> throw new JsonException("JSON has no " + value.getClass().getName());
        }
    }

    private static void writeNumber(Number number, StringBuilder out) {
        if (number instanceof Double || number instanceof Float) {
            out.append(EcmaScriptNumber.format(number.doubleValue()));
            return;
        }
        if (!(number instanceof Long
                || number instanceof Integer
                || number instanceof Short
                || number instanceof Byte)) {
            throw new JsonException("numbers are whole or doubles here, not "
                    + number.getClass().getName());
        }
        long whole = number.longValue();
        if (whole > MAX_SAFE || whole < -MAX_SAFE) {
            throw new JsonException(whole + " is beyond 2^53, so a reader may take it for another number");
        }
        out.append(whole);
    }

    private static void writeString(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        checkPaired(text, i);
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** Refuses an unpaired surrogate at i. */
    static void checkPaired(String text, int i) {
        char c = text.charAt(i);
        boolean paired = Character.isHighSurrogate(c)
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : !Character.isLowSurrogate(c) || i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
        if (!paired) {
            throw new JsonException("unpaired surrogate in a string");
        }
    }
}
