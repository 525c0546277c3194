package org.candor.generation.internal.grammar;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Validates by the words of the specification (draft 2020-12), value by value; knows nothing of grammars. */
final class SchemaValidator {
    private final Object root;

    SchemaValidator(Object root) {
        this.root = root;
    }

    /** Whether a text is one JSON value that is valid. */
    boolean accepts(byte[] text) {
        try {
            return valid(root, parse(text));
        } catch (IOException e) {
            return false;
        }
    }

    static Object parse(byte[] text) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                throw new IOException("empty");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new IOException("followed by something else");
            }
            return value;
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield items;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Number(parser.getDecimalValue());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** Equal when the numbers are: 1 and 1.0. */
    private record Number(BigDecimal value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Number number && value.compareTo(number.value) == 0;
        }

        @Override
        public int hashCode() {
            return value.stripTrailingZeros().hashCode();
        }

        boolean whole() {
            return value.stripTrailingZeros().scale() <= 0;
        }
    }

    private boolean valid(Object schema, Object value) {
        if (schema instanceof Boolean any) {
            return any;
        }
        for (Map.Entry<?, ?> keyword : ((Map<?, ?>) schema).entrySet()) {
            if (!holds((Map<?, ?>) schema, (String) keyword.getKey(), keyword.getValue(), value)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(Map<?, ?> schema, String keyword, Object limit, Object value) {
        BigDecimal number = value instanceof Number given ? given.value() : null;
        String text = value instanceof String given ? given : null;
        List<?> items = value instanceof List<?> given ? given : null;
        Map<?, ?> members = value instanceof Map<?, ?> given ? given : null;
        return switch (keyword) {
            case "type" ->
                (limit instanceof List<?> types ? types : List.of(limit))
                        .stream().anyMatch(type -> isOf((String) type, value));
            case "enum" -> ((List<?>) limit).contains(value);
            case "const" -> Objects.equals(limit, value);
            case "minimum" -> number == null || number.compareTo(decimal(limit)) >= 0;
            case "maximum" -> number == null || number.compareTo(decimal(limit)) <= 0;
            case "exclusiveMinimum" -> number == null || number.compareTo(decimal(limit)) > 0;
            case "exclusiveMaximum" -> number == null || number.compareTo(decimal(limit)) < 0;
            case "multipleOf" ->
                number == null || number.remainder(decimal(limit)).signum() == 0;
            case "minLength" ->
                text == null
                        || text.codePointCount(0, text.length())
                                >= decimal(limit).intValue();
            case "maxLength" ->
                text == null
                        || text.codePointCount(0, text.length())
                                <= decimal(limit).intValue();
            case "pattern" ->
                text == null
                        || java.util.regex.Pattern.compile((String) limit)
                                .matcher(text)
                                .find();
            case "minItems" -> items == null || items.size() >= decimal(limit).intValue();
            case "maxItems" -> items == null || items.size() <= decimal(limit).intValue();
            case "uniqueItems" ->
                items == null || !(boolean) limit || items.stream().distinct().count() == items.size();
            case "prefixItems" ->
                items == null
                        || java.util.stream.IntStream.range(0, Math.min(items.size(), ((List<?>) limit).size()))
                                .allMatch(i -> valid(((List<?>) limit).get(i), items.get(i)));
            case "items" ->
                items == null
                        || items.stream()
                                .skip(schema.get("prefixItems") instanceof List<?> prefix ? prefix.size() : 0)
                                .allMatch(item -> valid(limit, item));
            case "required" -> members == null || members.keySet().containsAll((List<?>) limit);
            case "properties" ->
                members == null
                        || ((Map<?, ?>) limit)
                                .entrySet().stream()
                                        .allMatch(property -> !members.containsKey(property.getKey())
                                                || valid(property.getValue(), members.get(property.getKey())));
            case "additionalProperties" ->
                members == null
                        || members.entrySet().stream()
                                .allMatch(member -> schema.get("properties") instanceof Map<?, ?> known
                                                && known.containsKey(member.getKey())
                                        || valid(limit, member.getValue()));
            case "anyOf" -> ((List<?>) limit).stream().anyMatch(option -> valid(option, value));
            case "oneOf" ->
                ((List<?>) limit)
                                .stream().filter(option -> valid(option, value)).count()
                        == 1;
            case "allOf" -> ((List<?>) limit).stream().allMatch(option -> valid(option, value));
            case "not" -> !valid(limit, value);
            case "$ref" -> valid(find((String) limit), value);
            case "$defs", "default" -> true;
            default -> throw new IllegalStateException("the test's validator does not know " + keyword);
        };
    }

    private static BigDecimal decimal(Object limit) {
        return ((Number) limit).value();
    }

    private Object find(String pointer) {
        Object target = root;
        for (String part : pointer.substring(1).split("/")) {
            target = part.isEmpty() ? target : ((Map<?, ?>) target).get(part);
        }
        return target;
    }

    private static boolean isOf(String type, Object value) {
        return switch (type) {
            case "null" -> value == null;
            case "boolean" -> value instanceof Boolean;
            case "string" -> value instanceof String;
            case "array" -> value instanceof List<?>;
            case "object" -> value instanceof Map<?, ?>;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Number number && number.whole();
            default -> throw new IllegalStateException(type);
        };
    }
}
