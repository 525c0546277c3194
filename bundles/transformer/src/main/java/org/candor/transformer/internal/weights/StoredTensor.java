package org.candor.transformer.internal.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.gguf.BlockLayout;

/**
 * One tensor of a weight file: a view on the file's mapping that lives as long as that.
 *
 * <p>A line is what lies side by side in the file: a row of a matrix, the whole of a vector. Of a matrix that is stored
 * turned, a line is a column. Lines are whole blocks.
 *
 * @param file name of the file, for messages
 * @param name the tensor's name
 * @param type how values are stored
 * @param shape dimensions, outermost first; not to be changed
 * @param data the values, little-endian, row major, dense, not necessarily aligned
 * @param transposed true for a matrix whose use in its graph shows that it is stored (inputs, outputs)
 * @param arrangement how the values follow from {@code data}
 */
public record StoredTensor(
        String file,
        String name,
        StoredType type,
        long[] shape,
        MemorySegment data,
        boolean transposed,
        Arrangement arrangement) {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Values that are simply what is stored. */
    public StoredTensor(
            String file, String name, StoredType type, long[] shape, MemorySegment data, boolean transposed) {
        this(file, name, type, shape, data, transposed, Arrangement.PLAIN);
    }

    /** The same values under another name. */
    public StoredTensor named(String otherName, boolean isTransposed) {
        return new StoredTensor(file, otherName, type, shape, data, isTransposed, arrangement);
    }

    /** How many values there are. */
    public long size() {
        long size = 1;
        for (long dimension : shape) {
            size *= dimension;
        }
        return size;
    }

    /** How many lines there are. */
    public long lines() {
        return lineLength() == 0 ? 0 : size() / lineLength();
    }

    /** Values of one line. A vector whose elements lie in another order has lines of one value. */
    public long lineLength() {
        if (arrangement.turned()) {
            return shape[0];
        }
        boolean scattered = shape.length == 1 && !arrangement.inOrder();
        return shape.length == 0 || scattered ? 1 : shape[shape.length - 1];
    }

    /** The stored bytes of a line, for kernels that read blocks where they lie. A shift is not in them. */
    public MemorySegment line(long line) {
        long bytes = data.byteSize() / lines();
        return data.asSlice(arrangement.rows().stored(line) * bytes, bytes);
    }

    /** Copies whole lines, widened to binary32, to {@code target[to]} and on. */
    public void copyLines(long first, int count, float[] target, int to) {
        int length = Math.toIntExact(lineLength());
        if (arrangement.inOrder()) {
            values(first * length, target, to, count * length);
        } else {
            for (int i = 0; i < count; i++) {
                values(arrangement.rows().stored(first + i) * length, target, to + i * length, length);
            }
        }
        shift(target, to, count * length);
    }

    /** Copies {@code count} elements from element {@code from} on, in the order of the shape, widened to binary32. */
    public void copy(long from, float[] target, int count) {
        if (arrangement.turned()) {
            for (int i = 0; i < count; i++) {
                long row = (from + i) / shape[1];
                long column = (from + i) % shape[1];
                values(column * shape[0] + row, target, i, 1);
            }
        } else if (arrangement.inOrder()) {
            values(from, target, 0, count);
        } else {
            long length = lineLength();
            for (int done = 0; done < count; ) {
                long line = (from + done) / length;
                long within = (from + done) % length;
                int part = (int) Math.min(length - within, count - done);
                values(arrangement.rows().stored(line) * length + within, target, done, part);
                done += part;
            }
        }
        shift(target, 0, count);
    }

    private void shift(float[] target, int to, int count) {
        if (arrangement.shift() != 0) {
            for (int i = to; i < to + count; i++) {
                target[i] += arrangement.shift();
            }
        }
    }

    /** Copies stored values; blocks that are wanted only in part are unpacked aside. */
    private void values(long from, float[] target, int to, int count) {
        BlockLayout layout = type.layout();
        if (layout == null) {
            throw new IllegalStateException(file + ": " + name + " holds " + type + ", not weights");
        }
        int size = layout.blockValues();
        float[] aside = null;
        for (int done = 0; done < count; ) {
            long block = (from + done) / size;
            int skip = (int) ((from + done) % size);
            if (skip == 0 && count - done >= size) {
                int whole = (count - done) / size;
                layout.blocks(data, block, whole, target, to + done);
                done += whole * size;
            } else {
                aside = aside == null ? new float[size] : aside;
                int part = Math.min(size - skip, count - done);
                layout.blocks(data, block, 1, aside, 0);
                System.arraycopy(aside, skip, target, to + done, part);
                done += part;
            }
        }
    }

    /**
     * Whether {@link #matrix} would give a matrix, without making one.
     *
     * @throws ModelFormatException when this does not have the shape or is of a type that is no weight
     */
    public void requireMatrix(int rows, int columns) throws ModelFormatException {
        check(transposed ? new long[] {columns, rows} : new long[] {rows, columns});
    }

    /**
     * This tensor as a matrix that a backend takes: on the file's mapping where that holds it as it is, else a copy as of
     * {@link #matrix(int, int, Arena)} that the garbage collector frees.
     *
     * @throws ModelFormatException when it does not have this shape or is of a type that is no weight
     */
    public HostMatrix matrix(int rows, int columns) throws ModelFormatException {
        return matrix(rows, columns, Arena.ofAuto());
    }

    /**
     * This tensor as a matrix that a backend takes: on the file's mapping where that holds it as it is, else a copy.
     * Blocks become binary32; rows that lie in another order keep their type.
     *
     * @param arena holds a copy
     * @throws ModelFormatException when it does not have this shape or is of a type that is no weight
     */
    public HostMatrix matrix(int rows, int columns, Arena arena) throws ModelFormatException {
        requireMatrix(rows, columns);
        ElementType element = type.element();
        boolean inputsFirst = transposed ^ arrangement.turned();
        if (element != null && arrangement.inOrder()) {
            return new HostMatrix(data, element, rows, columns, inputsFirst);
        }
        if (element != null && arrangement.shift() == 0) {
            MemorySegment copy = arena.allocate(data.byteSize(), 64);
            for (long line = 0; line < lines(); line++) {
                MemorySegment stored = line(line);
                MemorySegment.copy(stored, 0, copy, line * stored.byteSize(), stored.byteSize());
            }
            return new HostMatrix(copy, element, rows, columns, inputsFirst);
        }
        MemorySegment copy = arena.allocate(4L * rows * columns, 64);
        float[] line = new float[Math.toIntExact(lineLength())];
        for (long i = 0; i < lines(); i++) {
            copyLines(i, 1, line, 0);
            MemorySegment.copy(line, 0, copy, FLOAT, 4 * i * line.length, line.length);
        }
        return new HostMatrix(copy, ElementType.F32, rows, columns, inputsFirst);
    }

    /**
     * Whether {@link #line} gives rows of this matrix as blocks that a backend takes.
     *
     * @param type the blocks
     */
    public boolean holds(BlockType type) {
        return type != null
                && type == this.type.blocks()
                && transposed == arrangement.turned()
                && arrangement.shift() == 0;
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

    private void check(long[] expected) throws ModelFormatException {
        if (!Arrays.equals(shape, expected)) {
            throw new ModelFormatException(file + ": tensor " + name + " has shape " + Arrays.toString(shape)
                    + ", but the configuration asks for " + Arrays.toString(expected));
        }
        if (type.layout() == null) {
            throw new ModelFormatException(file + ": tensor " + name + " is of type " + type
                    + "; weights are F32, F16, BF16 or ggml's blocks");
        }
    }
}
