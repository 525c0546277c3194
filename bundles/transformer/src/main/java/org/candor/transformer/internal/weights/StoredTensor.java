package org.candor.transformer.internal.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.model.ModelFormatException;

/**
 * One tensor of a weight file. Its data stay in the file's mapping and live as long as that.
 *
 * @param file name of the file, for messages
 * @param name the tensor's name
 * @param type element type
 * @param shape dimensions, outermost first; not to be changed
 * @param data the elements, little-endian, row major, dense, not necessarily aligned
 * @param transposed true for a matrix whose use in its graph shows that it is stored (inputs, outputs)
 */
public record StoredTensor(
        String file, String name, StoredType type, long[] shape, MemorySegment data, boolean transposed) {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The same elements under another name. */
    public StoredTensor named(String otherName, boolean isTransposed) {
        return new StoredTensor(file, otherName, type, shape, data, isTransposed);
    }

    /**
     * This tensor as a matrix.
     *
     * @throws ModelFormatException when it does not have this shape or is of a type that is no weight
     */
    public HostMatrix matrix(int rows, int columns) throws ModelFormatException {
        long[] expected = transposed ? new long[] {columns, rows} : new long[] {rows, columns};
        check(expected);
        return new HostMatrix(data, type.element(), rows, columns, transposed);
    }

    /**
     * This tensor as one row of numbers.
     *
     * @throws ModelFormatException when it is not a vector of this length or of a type that is no weight
     */
    public float[] vector(int length) throws ModelFormatException {
        check(new long[] {length});
        float[] values = new float[length];
        copy(0, values, length);
        return values;
    }

    /** Copies {@code count} elements from element {@code from} on, widened to binary32. */
    public void copy(long from, float[] target, int count) {
        switch (type) {
            case F32 -> MemorySegment.copy(data, FLOAT, from * 4, target, 0, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = Float.float16ToFloat(data.get(SHORT, (from + i) * 2));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = Float.intBitsToFloat(data.get(SHORT, (from + i) * 2) << 16);
                }
            }
            default -> throw new IllegalStateException(file + ": " + name + " holds " + type + ", not weights");
        }
    }

    private void check(long[] expected) throws ModelFormatException {
        if (!Arrays.equals(shape, expected)) {
            throw new ModelFormatException(file + ": tensor " + name + " has shape " + Arrays.toString(shape)
                    + ", but the configuration asks for " + Arrays.toString(expected));
        }
        ElementType element = type.element();
        if (element == null) {
            throw new ModelFormatException(
                    file + ": tensor " + name + " is of type " + type + "; weights are F32, F16 or BF16");
        }
    }
}
