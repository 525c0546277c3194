package org.candor.compute.cpu.internal;

import org.candor.api.compute.ElementType;
import org.candor.api.compute.Tensor;

/** A matrix in a Java array, or a view of one. Kernels take the array, the offset and the stride once per call. */
public final class CpuTensor implements Tensor {

    /** The memory that a tensor and its views share; null when closed. */
    private static final class Storage {
        private volatile Object array;

        private Storage(Object array) {
            this.array = array;
        }
    }

    private final Storage storage;
    private final ElementType type;
    private final int offset;
    private final int rows;
    private final int columns;
    private final int rowStride;
    private final boolean view;

    private CpuTensor(
            Storage storage, ElementType type, int offset, int rows, int columns, int rowStride, boolean view) {
        this.storage = storage;
        this.type = type;
        this.offset = offset;
        this.rows = rows;
        this.columns = columns;
        this.rowStride = rowStride;
        this.view = view;
    }

    /** A tensor on a new array: float[] for F32, int[] for I32, short[] for BF16, byte[] for I8. */
    public static CpuTensor of(Object array, ElementType type, int rows, int columns) {
        return new CpuTensor(new Storage(array), type, 0, rows, columns, columns, false);
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public int rowStride() {
        return rowStride;
    }

    @Override
    public Tensor columns(int from, int to) {
        if (from < 0 || from >= to || to > columns) {
            throw new IndexOutOfBoundsException("columns [" + from + ", " + to + ") of " + this);
        }
        return new CpuTensor(storage, type, offset + from, rows, to - from, rowStride, true);
    }

    @Override
    public Tensor rows(int from, int to) {
        if (from < 0 || from >= to || to > rows) {
            throw new IndexOutOfBoundsException("rows [" + from + ", " + to + ") of " + this);
        }
        return new CpuTensor(storage, type, offset + from * rowStride, to - from, columns, rowStride, true);
    }

    /** Index of a row's first element in the array. */
    public int at(int row) {
        return offset + row * rowStride;
    }

    /** The elements of an F32 tensor. */
    public float[] floats() {
        return (float[]) open();
    }

    /** The elements of a BF16 tensor. */
    short[] shorts() {
        return (short[]) open();
    }

    /** The elements of an I8 tensor. */
    byte[] bytes() {
        return (byte[]) open();
    }

    /** The elements of an I32 tensor. */
    int[] ints() {
        return (int[]) open();
    }

    /** The elements, whatever their type. */
    Object array() {
        return open();
    }

    /** True when the two share an element. */
    boolean overlaps(CpuTensor other) {
        if (storage != other.storage) {
            return false;
        }
        int end = at(rows - 1) + columns;
        int otherEnd = other.at(other.rows - 1) + other.columns;
        if (end <= other.offset || otherEnd <= offset) {
            return false;
        }
        if (rowStride != other.rowStride) {
            return true;
        }
        int column = offset % rowStride;
        int otherColumn = other.offset % rowStride;
        boolean apart = column + columns <= otherColumn || otherColumn + other.columns <= column;
        return !apart || column + columns > rowStride || otherColumn + other.columns > rowStride;
    }

    /** True when both are the very same elements in the same order. */
    boolean sameElements(CpuTensor other) {
        return storage == other.storage
                && offset == other.offset
                && rowStride == other.rowStride
                && rows == other.rows
                && columns == other.columns;
    }

    /** @throws IllegalStateException after close */
    void requireOpen() {
        open();
    }

    private Object open() {
        Object array = storage.array;
        if (array == null) {
            throw new IllegalStateException(this + " is closed");
        }
        return array;
    }

    @Override
    public void close() {
        if (!view) {
            storage.array = null;
        }
    }

    @Override
    public String toString() {
        return type + " tensor (" + rows + ", " + columns + ")";
    }
}
