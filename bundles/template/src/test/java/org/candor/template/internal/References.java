package org.candor.template.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** What transformers and Jinja gave: from beside the checkout, or the copy in the resources. */
final class References {
    private static final Path SHARED = Path.of(System.getProperty("candor.shared", "absent"), "reference", "templates");

    private References() {}

    static Map<String, Object> json(String name) throws IOException {
        Path file = SHARED.resolve(name);
        try (InputStream in = Files.exists(file)
                ? Files.newInputStream(file)
                : new GZIPInputStream(References.class.getResourceAsStream("reference/" + name + ".gz"))) {
            return object(in.readAllBytes());
        }
    }

    static String template(String name) throws IOException {
        Path file = SHARED.resolve(name + ".jinja");
        try (InputStream in = Files.exists(file)
                ? Files.newInputStream(file)
                : References.class.getResourceAsStream("reference/" + name + ".jinja")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(byte[] json) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            return (Map<String, Object>) value(parser);
        }
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
            case VALUE_NUMBER_INT -> Numbers.narrow(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case null, default -> null;
        };
    }
}
