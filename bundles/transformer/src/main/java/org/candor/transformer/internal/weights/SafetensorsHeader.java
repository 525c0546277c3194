package org.candor.transformer.internal.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.CharArrayReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.json.StrictJson;

/**
 * The JSON header of a safetensors file, checked completely before a byte of data is touched: every tensor's size
 * follows from its type and shape, and the tensors cover the data exactly, without overlap or hole.
 *
 * @param entries by name, in the order of the file
 * @param metadata the strings under {@code __metadata__}
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {

    private static final int MAX_TENSORS = 1_000_000;
    private static final int MAX_DIMENSIONS = 32;

    /** Where one tensor lies: bytes [begin, end) of the data. */
    record Entry(String name, StoredType type, long[] shape, long begin, long end) {}

    /**
     * Reads and checks a header.
     *
     * @param file for messages
     * @param bytes exactly the header
     * @param dataBytes how many bytes follow the header in the file
     */
    static SafetensorsHeader read(String file, ByteBuffer bytes, long dataBytes) throws IOException {
        if (!bytes.hasRemaining() || bytes.get(bytes.position()) != '{') {
            throw new ModelFormatException(file + ": the header must begin with {");
        }
        CharBuffer text = StrictJson.decode(file + " (header)", bytes);
        try (JsonParser parser =
                StrictJson.parser(new CharArrayReader(text.array(), text.arrayOffset(), text.length()))) {
            SafetensorsHeader header = new Reading(file, parser).header();
            header.checkCoverage(file, dataBytes);
            return header;
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file + ": the header is not valid JSON: " + StrictJson.complaint(e), e);
        }
    }

    private void checkCoverage(String file, long dataBytes) throws ModelFormatException {
        List<Entry> byPlace = new ArrayList<>(entries.values());
        byPlace.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long covered = 0;
        for (Entry entry : byPlace) {
            if (entry.begin < covered) {
                throw new ModelFormatException(file + ": tensor " + entry.name + " begins at byte " + entry.begin
                        + " and overlaps the tensor before it, which ends at " + covered);
            }
            if (entry.begin > covered) {
                throw new ModelFormatException(file + ": a hole: bytes " + covered + " to " + entry.begin
                        + " before tensor " + entry.name + " belong to no tensor");
            }
            covered = entry.end;
        }
        if (covered > dataBytes) {
            Entry last = byPlace.getLast();
            throw new ModelFormatException(file + ": tensor " + last.name + " ends at byte " + last.end
                    + " of the data, but the file holds only " + dataBytes);
        }
        if (covered < dataBytes) {
            throw new ModelFormatException(
                    file + ": " + (dataBytes - covered) + " bytes after the last tensor belong to no tensor");
        }
    }

    /** One pass over the header's tokens. */
    private record Reading(String file, JsonParser parser) {

        SafetensorsHeader header() throws IOException {
            Map<String, Entry> entries = new LinkedHashMap<>();
            Map<String, String> metadata = null;
            require(parser.nextToken() == JsonToken.START_OBJECT, "the header must be a JSON object");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                if (name.equals("__metadata__")) {
                    metadata = metadata();
                } else {
                    require(entries.size() < MAX_TENSORS, "more than " + MAX_TENSORS + " tensors");
                    entries.put(name, entry(name));
                }
            }
            require(parser.nextToken() == null, "something follows the header's closing brace");
            return new SafetensorsHeader(entries, metadata == null ? Map.of() : metadata);
        }

        private Map<String, String> metadata() throws IOException {
            require(parser.nextToken() == JsonToken.START_OBJECT, "__metadata__ must be an object of strings");
            Map<String, String> metadata = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                require(
                        parser.nextToken() == JsonToken.VALUE_STRING,
                        "__metadata__ value of \"" + key + "\" must be a string");
                metadata.put(key, parser.getText());
            }
            return metadata;
        }

        private Entry entry(String name) throws IOException {
            String tensor = "tensor " + name + ": ";
            require(parser.nextToken() == JsonToken.START_OBJECT, tensor + "its entry must be an object");
            StoredType type = null;
            long[] shape = null;
            long[] offsets = null;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                switch (field) {
                    case "dtype" -> type = type(tensor);
                    case "shape" -> shape = numbers(tensor + "shape");
                    case "data_offsets" -> offsets = numbers(tensor + "data_offsets");
                    default -> throw new ModelFormatException(file + ": " + tensor + "unknown field \"" + field + "\"");
                }
            }
            require(type != null, tensor + "dtype is missing");
            require(shape != null, tensor + "shape is missing");
            require(offsets != null, tensor + "data_offsets are missing");
            require(offsets.length == 2, tensor + "data_offsets must be two numbers, not " + offsets.length);
            require(offsets[0] <= offsets[1], tensor + "data_offsets begin after their end");
            checkSize(tensor, type, shape, offsets[1] - offsets[0]);
            return new Entry(name, type, shape, offsets[0], offsets[1]);
        }

        private StoredType type(String tensor) throws IOException {
            require(parser.nextToken() == JsonToken.VALUE_STRING, tensor + "dtype must be a string");
            String name = parser.getText();
            for (StoredType type : StoredType.values()) {
                if (type.bits() > 0 && type.name().equals(name)) {
                    return type;
                }
            }
            throw new ModelFormatException(file + ": " + tensor + "dtype \"" + name + "\" is unknown");
        }

        private long[] numbers(String what) throws IOException {
            require(parser.nextToken() == JsonToken.START_ARRAY, what + " must be an array");
            long[] numbers = new long[4];
            int count = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
                require(whole && parser.getLongValue() >= 0, what + " must hold whole numbers from 0 to 2^63 - 1");
                require(count < MAX_DIMENSIONS, what + " holds more than " + MAX_DIMENSIONS + " numbers");
                if (count == numbers.length) {
                    numbers = Arrays.copyOf(numbers, 2 * count);
                }
                numbers[count++] = parser.getLongValue();
            }
            return Arrays.copyOf(numbers, count);
        }

        private void checkSize(String tensor, StoredType type, long[] shape, long bytes) throws IOException {
            long bits = type.bits();
            try {
                for (long dimension : shape) {
                    bits = Math.multiplyExact(bits, dimension);
                }
            } catch (ArithmeticException e) {
                throw new ModelFormatException(
                        file + ": " + tensor + "the size of shape " + Arrays.toString(shape) + " overflows", e);
            }
            require(
                    bits % 8 == 0 && bits / 8 == bytes,
                    tensor + "shape " + Arrays.toString(shape) + " of " + type + " takes " + bits / 8
                            + " bytes, but data_offsets hold " + bytes);
        }

        private void require(boolean condition, String rule) throws ModelFormatException {
            if (!condition) {
                throw new ModelFormatException(file + ": " + rule);
            }
        }
    }
}
