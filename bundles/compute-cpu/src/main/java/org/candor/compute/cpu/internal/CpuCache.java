package org.candor.compute.cpu.internal;

import java.util.Arrays;
import org.candor.api.compute.ElementType;

/**
 * Keys or values of one layer in a cache: the one place that rounds them, and what they are then.
 *
 * @param elements (slots, heads * headSize), F32, BF16 or I8
 * @param scales (slots, heads) of I8, otherwise null
 */
record CpuCache(CpuTensor elements, CpuTensor scales) {

    /** Numbers in binary32 that are kept as they are. */
    static CpuCache of(CpuTensor elements) {
        return new CpuCache(elements, null);
    }

    ElementType type() {
        return elements.type();
    }

    int rows() {
        return elements.rows();
    }

    /** Index of a head's first element in the array. */
    int at(int slot, int head, int headSize) {
        return elements.at(slot) + head * headSize;
    }

    /** What a head's codes in I8 are multiplied by. */
    float scale(int slot, int head) {
        return scales.floats()[scales.at(slot) + head];
    }

    /** Number d of a head, as it was rounded. */
    float value(int slot, int head, int headSize, int d) {
        int at = at(slot, head, headSize) + d;
        return switch (type()) {
            case F32 -> elements.floats()[at];
            case BF16 -> Float.intBitsToFloat(elements.shorts()[at] << 16);
            case I8 -> scale(slot, head) * elements.bytes()[at];
            case F16, I32 -> throw new AssertionError(type());
        };
    }

    /** Rounds a row of x into a slot. */
    void store(float[] x, int at, int slot) {
        int to = elements.at(slot);
        int columns = elements.columns();
        switch (type()) {
            case F32 -> System.arraycopy(x, at, elements.floats(), to, columns);
            case BF16 -> {
                short[] target = elements.shorts();
                for (int c = 0; c < columns; c++) {
                    target[to + c] = Rounding.bfloat16(x[at + c]);
                }
            }
            case I8 -> {
                byte[] target = elements.bytes();
                int heads = scales.columns();
                int size = columns / heads;
                for (int head = 0; head < heads; head++) {
                    int first = head * size;
                    float scale = Rounding.scale(x, at + first, size);
                    scales.floats()[scales.at(slot) + head] = scale;
                    for (int c = first; c < first + size; c++) {
                        target[to + c] = Rounding.quantized(x[at + c], scale);
                    }
                }
            }
            case F16, I32 -> throw new AssertionError(type());
        }
    }

    /** The same numbers in a new cache of another type, for known answers. */
    CpuCache rounded(ElementType type, int heads) {
        int rows = rows();
        int columns = elements.columns();
        Object array =
                switch (type) {
                    case F32 -> new float[rows * columns];
                    case BF16 -> new short[rows * columns];
                    case I8 -> new byte[rows * columns];
                    case F16, I32 -> throw new AssertionError(type);
                };
        CpuTensor scale =
                type == ElementType.I8 ? CpuTensor.of(new float[rows * heads], ElementType.F32, rows, heads) : null;
        CpuCache cache = new CpuCache(CpuTensor.of(array, type, rows, columns), scale);
        for (int row = 0; row < rows; row++) {
            float[] x = Arrays.copyOfRange(elements.floats(), elements.at(row), elements.at(row) + columns);
            cache.store(x, 0, row);
        }
        return cache;
    }
}
