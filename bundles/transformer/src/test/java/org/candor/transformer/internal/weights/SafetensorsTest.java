package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.Reference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {

    static Stream<String> damaged() throws IOException {
        try (Stream<Path> files = Files.list(Reference.resource("damaged-safetensors"))) {
            return files
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".safetensors"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("damaged")
    void aDamagedFileIsRefusedByName(String name) {
        Path file = Reference.resource("damaged-safetensors").resolve(name);
        try (Arena arena = Arena.ofConfined()) {
            ModelFormatException refusal = assertThrows(ModelFormatException.class, () -> Safetensors.map(file, arena));
            assertTrue(refusal.getMessage().startsWith(name), refusal.getMessage());
            assertTrue(refusal.getMessage().length() < 500, refusal.getMessage());
        }
    }

    @Test
    void noDamagedFileIsForgotten() throws IOException {
        assertEquals(39, damaged().count());
    }

    @Test
    void theRefusalNamesRuleAndTensor() {
        Path file = Reference.resource("damaged-safetensors").resolve("overlap.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            String message = assertThrows(ModelFormatException.class, () -> Safetensors.map(file, arena))
                    .getMessage();
            assertTrue(message.contains("tensor b") && message.contains("overlaps"), message);
        }
    }

    static Stream<Map<String, Object>> whole() throws IOException {
        return wholeFiles().stream();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> wholeFiles() throws IOException {
        Path json = Reference.resource("whole-safetensors").resolve("whole.json");
        try (Arena arena = Arena.ofConfined()) {
            Path object = Files.createTempFile("whole", ".json");
            Files.writeString(object, "{\"files\":" + Files.readString(json) + "}");
            try {
                return (List<Map<String, Object>>) org.candor.transformer.internal.json.StrictJson.object(object)
                        .get("files");
            } finally {
                Files.delete(object);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("whole")
    @SuppressWarnings("unchecked")
    void aWholeFileIsReadAsItIs(Map<String, Object> expected) throws IOException {
        Path file = Reference.resource("whole-safetensors").resolve((String) expected.get("file"));
        try (Arena arena = Arena.ofConfined()) {
            Safetensors read = Safetensors.map(file, arena);
            assertEquals(expected.getOrDefault("metadata", Map.of()), read.metadata());
            Map<String, Map<String, Object>> tensors = (Map<String, Map<String, Object>>) expected.get("tensors");
            assertEquals(tensors.keySet(), read.tensors().keySet());
            tensors.forEach(
                    (name, tensor) -> compare(name, tensor, read.tensors().get(name)));
        }
    }

    @SuppressWarnings("unchecked")
    private static void compare(String name, Map<String, Object> expected, StoredTensor actual) {
        assertEquals(
                expected.getOrDefault("dtype", actual.type().name()),
                actual.type().name(),
                name);
        if (expected.containsKey("shape")) {
            long[] shape = ((List<Long>) expected.get("shape"))
                    .stream().mapToLong(l -> l).toArray();
            assertArrayEquals(shape, actual.shape(), name);
        }
        List<Object> values = (List<Object>) expected.get("values");
        assertEquals(
                values.size() * (long) actual.type().bits() / 8, actual.data().byteSize(), name);
        for (int i = 0; i < values.size(); i++) {
            String what = name + "[" + i + "]";
            switch (actual.type()) {
                case F32, F16, BF16 -> {
                    float[] read = new float[1];
                    actual.copy(i, read, 1);
                    assertEquals(((Number) values.get(i)).floatValue(), read[0], what);
                }
                case F64 ->
                    assertEquals(
                            ((Number) values.get(i)).doubleValue(),
                            actual.data().get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i),
                            what);
                case I64 ->
                    assertEquals(
                            values.get(i).toString(),
                            Long.toString(actual.data().get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i)),
                            what);
                default -> {}
            }
        }
    }

    @Test
    void aPickleIsRefusedWithTheReason(@TempDir Path folder) throws IOException {
        Path zip = folder.resolve("model.safetensors");
        Files.write(zip, new byte[] {'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0, 0, 0});
        Path pickle = folder.resolve("pickle.safetensors");
        Files.write(pickle, new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F'});
        try (Arena arena = Arena.ofConfined()) {
            for (Path file : List.of(zip, pickle)) {
                String message = assertThrows(ModelFormatException.class, () -> Safetensors.map(file, arena))
                        .getMessage();
                assertTrue(message.contains("pickle") && message.contains("run any code"), message);
            }
        }
    }

    @Test
    void aHoleLargerThanTheHeapIsNeverAllocated(@TempDir Path folder) throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1000000000000],\"data_offsets\":[0,4000000000000]}}";
        byte[] bytes = new byte[8 + header.length()];
        bytes[0] = (byte) header.length();
        System.arraycopy(header.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, bytes, 8, header.length());
        Path file = Files.write(folder.resolve("huge.safetensors"), bytes);
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(ModelFormatException.class, () -> Safetensors.map(file, arena));
        }
    }
}
