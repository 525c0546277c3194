package org.candor.template.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.candor.api.chat.ToolCall;

/** Reads the JSON in which a model writes calls. */
final class CallReader {
    private static final int MOST_DEPTH = 64;
    private static final int MOST_NAME = 256;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH).build())
            .build();

    private CallReader() {}

    /** The calls of a JSON object, or of an array of them; null if it is anything else. */
    static List<ToolCall> calls(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            List<ToolCall> calls = new ArrayList<>();
            if (parser.nextToken() == JsonToken.START_ARRAY) {
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    ToolCall call = call(parser, json);
                    if (call == null) {
                        return null;
                    }
                    calls.add(call);
                }
                return parser.currentToken() == JsonToken.END_ARRAY && parser.nextToken() == null && !calls.isEmpty()
                        ? calls
                        : null;
            }
            ToolCall call = parser.currentToken() == JsonToken.START_OBJECT ? call(parser, json) : null;
            return call == null || parser.nextToken() != null ? null : List.of(call);
        } catch (IOException e) {
            // What a model writes need not be JSON; it is content then.
            return null;
        }
    }

    /** Whether a text is a JSON object. */
    static boolean isObject(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** A call needs a name and arguments: an object, or a text that holds one. */
    private static ToolCall call(JsonParser parser, String json) throws IOException {
        String name = null;
        String arguments = null;
        String id = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (key) {
                case "name" -> name = value == JsonToken.VALUE_STRING ? parser.getText() : null;
                case "id" -> id = value == JsonToken.VALUE_STRING ? parser.getText() : null;
                case "arguments", "parameters" -> {
                    if (value == JsonToken.START_OBJECT) {
                        int from = (int) parser.currentTokenLocation().getCharOffset();
                        parser.skipChildren();
                        arguments = json.substring(
                                from, (int) parser.currentLocation().getCharOffset());
                    } else if (value == JsonToken.VALUE_STRING && isObject(parser.getText())) {
                        arguments = parser.getText();
                    }
                }
                default -> {}
            }
            parser.skipChildren();
        }
        boolean named = name != null && !name.isBlank() && name.length() <= MOST_NAME;
        return named && arguments != null ? new ToolCall(id, name, arguments) : null;
    }
}
