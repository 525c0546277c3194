package org.candor.transformer.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.StoredTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockLayoutTest {

    @SuppressWarnings("unchecked")
    static Stream<Map<String, Object>> types() throws IOException {
        return ((List<Map<String, Object>>) StrictJson.object(GgufCases.file("quants", "quants.json"))
                        .get("types"))
                .stream();
    }

    private static Map<String, StoredTensor> tensors(Arena arena) throws IOException {
        return Safetensors.map(Reference.resource("quants").resolve("quants.safetensors"), arena)
                .tensors();
    }

    @ParameterizedTest
    @MethodSource("types")
    void blocksBecomeTheNumbersOfGgmlBitForBit(Map<String, Object> type) throws IOException {
        String name = (String) type.get("type");
        int number = ((Long) type.get("ggml_type_id")).intValue();
        GgmlType known = GgmlType.read("x.gguf", "tensor a", number);
        assertEquals(name, known.name());
        assertEquals(type.get("block_values"), (long) known.blockValues());
        assertEquals(type.get("block_bytes"), (long) known.blockBytes());
        try (Arena arena = Arena.ofConfined()) {
            Map<String, StoredTensor> tensors = tensors(arena);
            compare(known, tensors.get(name + ".bytes"), tensors.get(name + ".values"));
            if (known.blockValues() > 1) {
                compare(known, tensors.get(name + ".random.bytes"), tensors.get(name + ".random.values"));
            }
        }
    }

    @Test
    void everyTypeOfTheReferenceIsRead() throws IOException {
        assertEquals(25, types().count());
    }

    @ParameterizedTest
    @CsvSource({
        "9, Q8_1, not read",
        "15, Q8_K, not read",
        "40, NVFP4, not read",
        "5, Q4_3, removed",
        "33, Q4_0_8_8, removed"
    })
    void aTypeThatIsNotReadIsRefusedByName(int number, String name, String why) {
        String message = assertThrows(ModelFormatException.class, () -> GgmlType.read("x.gguf", "tensor a", number))
                .getMessage();
        assertTrue(message.startsWith("x.gguf: tensor a is of type " + name + ", which"), message);
        assertTrue(message.contains(why), message);
    }

    private static void compare(GgmlType type, StoredTensor bytes, StoredTensor values) {
        int count = (int) (values.data().byteSize() / 4);
        float[] read = new float[count];
        type.layout().blocks(bytes.data(), 0, count / type.blockValues(), read, 0);
        for (int i = 0; i < count; i++) {
            int expected = values.data().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
            if (expected != Float.floatToRawIntBits(read[i])) {
                assertEquals(Float.intBitsToFloat(expected), read[i], type + " [" + i + "]");
                throw new AssertionError(type + " [" + i + "]: bits differ");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Q8_0", "Q4_0"})
    void quantisingGivesTheBytesOfGgml(String name) throws IOException {
        BlockQuantizer quantizer = BlockQuantizer.valueOf(name);
        try (Arena arena = Arena.ofConfined()) {
            Map<String, StoredTensor> tensors = tensors(arena);
            StoredTensor original = tensors.get("original");
            byte[] expected = tensors.get(name + ".bytes").data().toArray(ValueLayout.JAVA_BYTE);
            int columns = (int) original.shape()[1];
            byte[] actual = new byte[expected.length];
            int rowBytes = columns / 32 * quantizer.layout().blockBytes();
            for (int row = 0; row < original.shape()[0]; row++) {
                float[] values = new float[columns];
                original.copy((long) row * columns, values, columns);
                quantizer.row(values, MemorySegment.ofArray(actual), (long) row * rowBytes);
            }
            assertArrayEquals(expected, actual);
        }
    }

    @Test
    void whatCannotBeQuantisedIsRefused() {
        MemorySegment target = MemorySegment.ofArray(new byte[34]);
        float[] row = new float[32];
        row[7] = Float.NaN;
        assertThrows(IllegalArgumentException.class, () -> BlockQuantizer.Q8_0.row(row, target, 0));
        row[7] = 1e30f;
        assertThrows(IllegalArgumentException.class, () -> BlockQuantizer.Q8_0.row(row, target, 0));
        assertThrows(IllegalArgumentException.class, () -> BlockQuantizer.Q4_0.row(new float[31], target, 0));
    }
}
