package org.candor.generation.internal.sampling;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** What transformers and jsonschema gave; see the README beside the files. */
final class Reference {
    private Reference() {}

    /** The values of a file: one, or as many as it has lines. */
    static List<Object> read(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(
                        Objects.requireNonNull(Reference.class.getResourceAsStream("reference/" + name), name));
                JsonParser parser = new JsonFactory().createParser(in)) {
            List<Object> values = new ArrayList<>();
            while (parser.nextToken() != null) {
                values.add(value(parser));
            }
            return values;
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    static int integer(Object value) {
        return ((Number) value).intValue();
    }

    static List<Integer> integers(Object value) {
        return list(value).stream().map(Reference::integer).toList();
    }

    static int[] ids(Object value) {
        return list(value).stream().mapToInt(Reference::integer).toArray();
    }

    static double[] numbers(Object value) {
        return list(value).stream().mapToDouble(Reference::number).toArray();
    }

    /** The scores of each vector; null is minus infinity. */
    static Map<String, float[]> vectors() throws IOException {
        Map<String, float[]> vectors = new LinkedHashMap<>();
        object(object(read("vectors.json.gz").getFirst()).get("vectors")).forEach((name, value) -> {
            List<Object> numbers = list(value);
            float[] scores = new float[numbers.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = numbers.get(i) == null ? Float.NEGATIVE_INFINITY : (float) number(numbers.get(i));
            }
            vectors.put(name, scores);
        });
        return vectors;
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    parser.nextToken();
                    members.put(key, value(parser));
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
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> null;
        };
    }
}
