package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.gguf.BlockQuantizer;
import org.candor.transformer.internal.gguf.RowOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoredTensorTest {

    private static final int ROWS = 8;
    private static final int COLUMNS = 64;

    /** The numbers 0 to rows * columns - 1 over 8, which every type here holds or rounds the same way each time. */
    private static StoredTensor tensor(StoredType type, Arrangement arrangement, long... shape) {
        int count = ROWS * COLUMNS;
        float[] values = new float[count];
        Random random = new Random(7);
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextInt(255) - 127) / 64f;
        }
        byte[] bytes =
                new byte[count / type.layout().blockValues() * type.layout().blockBytes()];
        MemorySegment data = MemorySegment.ofArray(bytes);
        switch (type) {
            case Q8_0 -> BlockQuantizer.Q8_0.row(values, data, 0);
            case Q4_0 -> BlockQuantizer.Q4_0.row(values, data, 0);
            case F32 -> MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, Float.floatToFloat16(values[i]));
                }
            }
            default -> throw new IllegalArgumentException(type.toString());
        }
        return new StoredTensor("f", "t", type, shape, data, false, arrangement);
    }

    private static float[] all(StoredTensor tensor) {
        float[] values = new float[(int) tensor.size()];
        tensor.copy(0, values, values.length);
        return values;
    }

    private static float[] all(HostMatrix matrix) {
        float[] values = new float[matrix.rows() * matrix.columns()];
        for (int r = 0; r < matrix.rows(); r++) {
            for (int c = 0; c < matrix.columns(); c++) {
                long at = matrix.transposed() ? (long) c * matrix.rows() + r : (long) r * matrix.columns() + c;
                values[r * matrix.columns() + c] = switch (matrix.type()) {
                    case F32 -> matrix.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * at);
                    case F16 -> Float.float16ToFloat(matrix.data().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * at));
                    default -> throw new IllegalArgumentException();
                };
            }
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "Q8_0", "Q4_0"})
    void partsAreCopiedAsTheWholeHasThem(StoredType type) {
        Random random = new Random(3);
        for (Arrangement arrangement : new Arrangement[] {
            Arrangement.PLAIN,
            new Arrangement(new RowOrder.RotaryPairs(4), false, 0),
            new Arrangement(RowOrder.AS_STORED, true, 0),
            new Arrangement(RowOrder.AS_STORED, false, -1)
        }) {
            StoredTensor tensor = arrangement.turned()
                    ? tensor(type, arrangement, COLUMNS, ROWS)
                    : tensor(type, arrangement, ROWS, COLUMNS);
            float[] whole = all(tensor);
            for (int round = 0; round < 200; round++) {
                int from = random.nextInt(whole.length);
                float[] part = new float[random.nextInt(whole.length - from + 1)];
                tensor.copy(from, part, part.length);
                assertArrayEquals(java.util.Arrays.copyOfRange(whole, from, from + part.length), part);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "Q8_0", "Q4_0"})
    void rotaryPairsComeBackAsHalves(StoredType type) {
        float[] stored = all(tensor(type, Arrangement.PLAIN, ROWS, COLUMNS));
        StoredTensor tensor = tensor(type, new Arrangement(new RowOrder.RotaryPairs(4), false, 0), ROWS, COLUMNS);
        float[] values = all(tensor);
        int[] from = {0, 2, 1, 3, 4, 6, 5, 7};
        for (int row = 0; row < ROWS; row++) {
            for (int c = 0; c < COLUMNS; c++) {
                assertEquals(stored[from[row] * COLUMNS + c], values[row * COLUMNS + c]);
            }
            float[] line = new float[COLUMNS];
            tensor.copyLines(row, 1, line, 0);
            assertArrayEquals(java.util.Arrays.copyOfRange(values, row * COLUMNS, (row + 1) * COLUMNS), line);
            long bytes = tensor.data().byteSize() / ROWS;
            assertEquals(-1, tensor.line(row).mismatch(tensor.data().asSlice(from[row] * bytes, bytes)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "Q8_0", "Q4_0"})
    void aMatrixHoldsWhatIsCopied(StoredType type) throws ModelFormatException {
        StoredTensor plain = tensor(type, Arrangement.PLAIN, ROWS, COLUMNS);
        assertArrayEquals(all(plain), all(plain.matrix(ROWS, COLUMNS)));
        StoredTensor ordered = tensor(type, new Arrangement(new RowOrder.RotaryPairs(8), false, 0), ROWS, COLUMNS);
        assertArrayEquals(all(ordered), all(ordered.matrix(ROWS, COLUMNS)));
        StoredTensor turned = tensor(type, new Arrangement(RowOrder.AS_STORED, true, 0), COLUMNS, ROWS);
        assertArrayEquals(all(turned), all(turned.matrix(COLUMNS, ROWS)));
        // A Conv1D of (inputs, outputs), asked for as outputs by inputs, is what the file holds.
        HostMatrix linear = turned.named("c_fc", true).matrix(ROWS, COLUMNS);
        assertArrayEquals(all(plain), all(linear));
        assertEquals(false, linear.transposed());
    }

    @Test
    void whatLiesAsItIsIsNotCopied() throws ModelFormatException {
        StoredTensor plain = tensor(StoredType.F16, Arrangement.PLAIN, ROWS, COLUMNS);
        assertSame(plain.data(), plain.matrix(ROWS, COLUMNS).data());
        StoredTensor turned = tensor(StoredType.F16, new Arrangement(RowOrder.AS_STORED, true, 0), COLUMNS, ROWS);
        assertSame(turned.data(), turned.matrix(COLUMNS, ROWS).data());
        StoredTensor ordered =
                tensor(StoredType.F16, new Arrangement(new RowOrder.RotaryPairs(8), false, 0), ROWS, COLUMNS);
        HostMatrix copy = ordered.matrix(ROWS, COLUMNS);
        assertNotEquals(ordered.data(), copy.data());
        assertEquals(ElementType.F16, copy.type());
    }

    @Test
    void aVectorInPairsIsPutInOrderElementByElement() throws ModelFormatException {
        StoredTensor bias = new StoredTensor(
                "f",
                "bias",
                StoredType.F32,
                new long[] {8},
                MemorySegment.ofArray(new float[] {0, 1, 2, 3, 4, 5, 6, 7}),
                false,
                new Arrangement(new RowOrder.RotaryPairs(8), false, 0));
        assertArrayEquals(new float[] {0, 2, 4, 6, 1, 3, 5, 7}, bias.vector(8));
        assertEquals(8, bias.lines());
    }

    @Test
    void aShiftIsAddedToEveryValue() throws ModelFormatException {
        StoredTensor norm = new StoredTensor(
                "f",
                "norm",
                StoredType.F32,
                new long[] {3},
                MemorySegment.ofArray(new float[] {1, 1.5f, -2}),
                false,
                new Arrangement(RowOrder.AS_STORED, false, -1));
        assertArrayEquals(new float[] {0, 0.5f, -3}, norm.vector(3));
    }

    @Test
    void aWrongShapeOrTypeIsRefusedByName() {
        StoredTensor tensor = tensor(StoredType.Q8_0, Arrangement.PLAIN, ROWS, COLUMNS);
        String message = assertThrows(ModelFormatException.class, () -> tensor.matrix(ROWS, ROWS))
                .getMessage();
        assertTrue(message.startsWith("f: tensor t has shape [8, 64]"), message);
        StoredTensor numbers = new StoredTensor(
                "f", "ids", StoredType.I64, new long[] {1, 1}, MemorySegment.ofArray(new long[1]), false);
        message = assertThrows(ModelFormatException.class, () -> numbers.matrix(1, 1))
                .getMessage();
        assertTrue(message.startsWith("f: tensor ids is of type I64"), message);
    }
}
