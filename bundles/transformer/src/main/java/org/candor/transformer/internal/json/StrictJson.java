package org.candor.transformer.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelFormatException;

/**
 * JSON as the specification has it and no wider: valid UTF-8, no key twice, nothing after the value, bounded depth. What
 * two readers could understand differently is refused.
 */
public final class StrictJson {

    /** Largest configuration file read. */
    public static final int MAX_FILE_BYTES = 16 << 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(100)
                    .build())
            .build();

    private StrictJson() {}

    /** A parser over text; the caller reads to its end. */
    public static JsonParser parser(Reader text) throws IOException {
        return FACTORY.createParser(text);
    }

    /** Decodes UTF-8, refusing what is malformed. */
    public static CharBuffer decode(String file, ByteBuffer bytes) throws ModelFormatException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes);
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(file + ": not valid UTF-8", e);
        }
    }

    /**
     * Reads a file that holds one object: values are String, Long, Double, Boolean, null, List and Map.
     *
     * @throws ModelFormatException when it is not such a file or larger than {@link #MAX_FILE_BYTES}
     */
    public static Map<String, Object> object(Path path) throws IOException {
        String file = path.getFileName().toString();
        long size = Files.size(path);
        if (size > MAX_FILE_BYTES) {
            throw new ModelFormatException(file + ": " + size + " bytes, at most " + MAX_FILE_BYTES + " are read");
        }
        CharBuffer text = decode(file, ByteBuffer.wrap(Files.readAllBytes(path)));
        try (JsonParser parser = FACTORY.createParser(text.array(), 0, text.length())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ModelFormatException(file + ": must hold one JSON object");
            }
            Map<String, Object> object = readObject(parser);
            if (parser.nextToken() != null) {
                throw new ModelFormatException(file + ": something follows the JSON object");
            }
            return object;
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file + ": not valid JSON: " + complaint(e), e);
        }
    }

    /** What the parser found wrong and where, in one line. */
    public static String complaint(JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + " column "
                        + e.getLocation().getColumnNr();
        String what = e.getOriginalMessage();
        return (what.length() > 200 ? what.substring(0, 200) + "..." : what).replace('\n', ' ') + where;
    }

    private static Map<String, Object> readObject(JsonParser parser) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            object.put(key, readValue(parser));
        }
        return object;
    }

    private static List<Object> readArray(JsonParser parser) throws IOException {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(readValue(parser));
        }
        return array;
    }

    private static Object readValue(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> readObject(parser);
            case START_ARRAY -> readArray(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT ->
                switch (parser.getNumberType()) {
                    case INT, LONG -> parser.getLongValue();
                    default -> parser.getDoubleValue();
                };
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            default -> null;
        };
    }
}
