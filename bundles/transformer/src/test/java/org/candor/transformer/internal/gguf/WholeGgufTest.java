package org.candor.transformer.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.candor.api.model.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WholeGgufTest {

    static Stream<Map<String, Object>> whole() {
        return GgufCases.list("whole-gguf", "whole.json").stream();
    }

    @ParameterizedTest
    @MethodSource("whole")
    @SuppressWarnings("unchecked")
    void aWholeFileIsReadAsItIs(Map<String, Object> expected) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            GgufFile file = GgufFile.map(GgufCases.file("whole-gguf", (String) expected.get("file")), arena);
            GgufMetadata metadata = file.header().metadata();
            Map<String, Object> values = (Map<String, Object>) expected.get("metadata");
            if (values != null) {
                assertEquals(List.copyOf(values.keySet()), List.copyOf(metadata.keys()));
                values.forEach(
                        (key, value) -> assertEquals(value, plain(metadata.type(key), metadata.value(key)), key));
            }
            List<Map<String, Object>> tensors = (List<Map<String, Object>>) expected.get("tensors");
            if (tensors == null) {
                assertEquals(2, file.header().tensors().size());
                return;
            }
            assertEquals(
                    tensors.stream().map(tensor -> tensor.get("name")).toList(),
                    List.copyOf(file.header().tensors().keySet()));
            for (Map<String, Object> tensor : tensors) {
                compare(file, tensor);
            }
        }
    }

    /** Values as the JSON has them: 64-bit numbers as strings. */
    private static Object plain(GgufValueType type, Object value) {
        return switch (type) {
            case ARRAY -> {
                GgufArray array = (GgufArray) value;
                yield array.stream()
                        .map(element -> plain(array.elementType(), element))
                        .toList();
            }
            case UINT64, INT64 -> value.toString();
            case FLOAT32 -> ((Float) value).doubleValue();
            default -> value;
        };
    }

    @SuppressWarnings("unchecked")
    private static void compare(GgufFile file, Map<String, Object> expected) {
        String name = (String) expected.get("name");
        GgufTensor tensor = file.header().tensors().get(name);
        assertEquals(expected.getOrDefault("type", "F32"), tensor.type().name(), name);
        if (expected.containsKey("row_major_shape")) {
            assertArrayEquals(longs((List<Long>) expected.get("row_major_shape")), tensor.shape(), name);
        }
        assertEquals(expected.getOrDefault("offset", tensor.offset()), tensor.offset(), name);
        assertEquals(expected.getOrDefault("bytes", tensor.bytes()), tensor.bytes(), name);
        List<Object> values = (List<Object>) expected.get("values");
        assertNotNull(values, name);
        MemorySegment bytes = file.bytes(tensor);
        if (tensor.type().layout() == null) {
            for (int i = 0; i < values.size(); i++) {
                Number read = whole(tensor.type(), bytes, i);
                assertEquals(((Number) values.get(i)).doubleValue(), read.doubleValue(), name + "[" + i + "]");
            }
            return;
        }
        BlockLayout layout = tensor.type().layout();
        float[] read = new float[values.size()];
        assertEquals(0, read.length % layout.blockValues(), name);
        layout.blocks(bytes, 0, read.length / layout.blockValues(), read, 0);
        for (int i = 0; i < read.length; i++) {
            assertEquals(((Number) values.get(i)).floatValue(), read[i], name + "[" + i + "]");
        }
    }

    private static Number whole(GgmlType type, MemorySegment bytes, int i) {
        return switch (type) {
            case I8 -> bytes.get(ValueLayout.JAVA_BYTE, i);
            case I16 -> bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i);
            case I32 -> bytes.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i);
            case I64 -> bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i);
            case F64 -> bytes.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i);
            default -> throw new IllegalArgumentException(type.toString());
        };
    }

    private static long[] longs(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    @Test
    void aValueOfTheWrongTypeIsRefusedWithBothTypes() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            GgufMetadata metadata = GgufFile.map(GgufCases.file("whole-gguf", "every-type.gguf"), arena)
                    .header()
                    .metadata();
            assertEquals("llama", metadata.text("general.architecture"));
            assertEquals(64L, metadata.whole("general.alignment"));
            assertEquals(64.0, metadata.number("general.alignment"));
            assertEquals(-1.25, metadata.number("scalar.float32.1"));
            assertEquals(List.of("", "é中👍", "a\0b"), new ArrayList<>(metadata.texts("array.string")));
            assertRefused(
                    "every-type.gguf: general.alignment must be a string, but is of type UINT32",
                    () -> metadata.text("general.alignment"));
            assertRefused(
                    "every-type.gguf: scalar.uint64.0 is 18446744073709551615, above 2^63 - 1",
                    () -> metadata.whole("scalar.uint64.0"));
            assertRefused(
                    "every-type.gguf: array.int8 must be an array of strings, but is one of INT8",
                    () -> metadata.texts("array.int8"));
            assertRefused(
                    "every-type.gguf: scalar.bool.0 must be a number, but is of type BOOL",
                    () -> metadata.number("scalar.bool.0"));
        }
    }

    private static void assertRefused(String message, org.junit.jupiter.api.function.Executable action) {
        assertEquals(message, assertThrows(ModelFormatException.class, action).getMessage());
    }

    @Test
    void onlyKeysNobodyAskedForAreUnread() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            GgufMetadata metadata = GgufFile.map(GgufCases.file("whole-gguf", "version-2.gguf"), arena)
                    .header()
                    .metadata();
            List<String> keys = List.copyOf(metadata.keys());
            metadata.value(keys.getFirst());
            metadata.text("no.such.key");
            assertEquals(keys.subList(1, keys.size()).stream().sorted().toList(), List.copyOf(metadata.unread()));
        }
    }
}
