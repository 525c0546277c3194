package org.candor.tokenizer.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.tokenize.TokenizerFormatException;

/** An object of the file together with where it stands, so that a complaint can name file, key, value and what is allowed. */
record JsonSection(String file, String path, Map<String, Object> members) {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_TEXT = 16 << 20;

    /** Reads a whole file. */
    static JsonSection read(String file, byte[] json) throws TokenizerFormatException {
        // A vocabulary has a hundred thousand keys that are never seen again: remembering them costs more than reading.
        JsonFactory factory = JsonFactory.builder()
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_TEXT)
                        .maxNameLength(1 << 16)
                        .build())
                .build();
        try (JsonParser parser = factory.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new TokenizerFormatException(file + ": not a tokenizer.json, it does not begin with an object");
            }
            JsonSection section = new JsonSection(file, "", object(file, parser));
            if (parser.nextToken() != null) {
                throw new TokenizerFormatException(file + ": something follows the end of the object");
            }
            return section;
        } catch (TokenizerFormatException e) {
            throw e;
        } catch (IOException e) {
            // The bytes are in memory: whatever the parser reports is about the file.
            throw new TokenizerFormatException(file + ": not valid JSON: " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> object(String file, JsonParser parser) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_OBJECT; token = parser.nextToken()) {
            String key = parser.currentName();
            parser.nextToken();
            if (members.containsKey(key)) {
                throw new TokenizerFormatException(file + ": key \"" + shorten(key) + "\" appears twice in one object");
            }
            members.put(key, value(file, parser));
        }
        return members;
    }

    private static Object value(String file, JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(file, parser);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(file, parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? (Object) parser.getDoubleValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> JsonNumber.value(parser.getText());
            case null, default -> null;
        };
    }

    /** Whether a key is there and not null. */
    boolean has(String key) {
        return members.get(key) != null;
    }

    /** A sub-object that must be there. */
    JsonSection section(String key) throws TokenizerFormatException {
        return new JsonSection(file, at(key), object(key));
    }

    /** A sub-object, or null. */
    JsonSection optionalSection(String key) throws TokenizerFormatException {
        return has(key) ? section(key) : null;
    }

    /** The objects of a list that must be there. */
    List<JsonSection> sections(String key) throws TokenizerFormatException {
        List<JsonSection> sections = new ArrayList<>();
        List<?> list = list(key);
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof Map<?, ?> map)) {
                throw wrong(key + "[" + i + "]", list.get(i), "an object");
            }
            sections.add(new JsonSection(file, at(key) + "[" + i + "]", cast(map)));
        }
        return sections;
    }

    List<?> list(String key) throws TokenizerFormatException {
        if (members.get(key) instanceof List<?> list) {
            return list;
        }
        throw wrong(key, members.get(key), "a list");
    }

    Map<String, Object> object(String key) throws TokenizerFormatException {
        if (members.get(key) instanceof Map<?, ?> map) {
            return cast(map);
        }
        throw wrong(key, members.get(key), "an object");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> cast(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }

    String text(String key) throws TokenizerFormatException {
        if (members.get(key) instanceof String text) {
            return text;
        }
        throw wrong(key, members.get(key), "a text");
    }

    String text(String key, String otherwise) throws TokenizerFormatException {
        return has(key) ? text(key) : otherwise;
    }

    boolean flag(String key) throws TokenizerFormatException {
        if (members.get(key) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, members.get(key), "true or false");
    }

    boolean flag(String key, boolean otherwise) throws TokenizerFormatException {
        return has(key) ? flag(key) : otherwise;
    }

    int integer(String key, int least, int most) throws TokenizerFormatException {
        return integer(key, members.get(key), least, most);
    }

    int integer(String key, int least, int most, int otherwise) throws TokenizerFormatException {
        return has(key) ? integer(key, least, most) : otherwise;
    }

    /** Checks a value below a key. */
    int integer(String key, Object value, int least, int most) throws TokenizerFormatException {
        if (value instanceof Long number && number >= least && number <= most) {
            return number.intValue();
        }
        throw wrong(key, value, "a whole number from " + least + " to " + most);
    }

    /** One of these words. */
    String choice(String key, String otherwise, Set<String> allowed) throws TokenizerFormatException {
        String value = text(key, otherwise);
        if (!allowed.contains(value)) {
            throw wrong(key, value, String.join(", ", allowed.stream().sorted().toList()));
        }
        return value;
    }

    /** A component whose type is not known. */
    TokenizerFormatException unsupported(String type, String supported) {
        return new TokenizerFormatException(
                file + ": " + at("type") + " \"" + shorten(type) + "\" is not supported (" + supported + " are)");
    }

    /** A value that is not allowed. */
    TokenizerFormatException wrong(String key, Object value, String allowed) {
        String found =
                switch (value) {
                    case null -> "missing or null";
                    case String text -> "\"" + shorten(text) + "\"";
                    case Map<?, ?> map -> "an object";
                    case List<?> list -> "a list";
                    default -> value.toString();
                };
        return new TokenizerFormatException(file + ": " + at(key) + " is " + found + ", allowed is " + allowed);
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
