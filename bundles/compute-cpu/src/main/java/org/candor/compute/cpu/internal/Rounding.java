package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.HostMatrix;

/** Reads weights as they are stored and rounds them to how they are held. */
final class Rounding {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Rounding() {}

    /**
     * Copies one row of the logical matrix.
     *
     * @param row room for {@code matrix.columns()} numbers
     */
    static void row(HostMatrix matrix, int index, float[] row) {
        MemorySegment data = matrix.data();
        long step = matrix.transposed() ? matrix.rows() : 1;
        long first = matrix.transposed() ? index : (long) index * matrix.columns();
        for (int c = 0; c < matrix.columns(); c++) {
            long at = (first + c * step) * matrix.type().bytes();
            row[c] = switch (matrix.type()) {
                case F32 -> data.get(FLOAT, at);
                case BF16 -> Float.intBitsToFloat(data.get(SHORT, at) << 16);
                case F16 -> Float.float16ToFloat(data.get(SHORT, at));
                case I8, I32 ->
                    throw new IllegalArgumentException(
                            "a weight cannot be made from " + matrix.type() + " (F32, BF16 and F16 can)");
            };
        }
    }

    /** The nearest bfloat16, ties to even. */
    static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    /** max|row| / 127, or 0 for a row of zeros. */
    static float scale(float[] row, int columns) {
        return scale(row, 0, columns);
    }

    /** The same for the numbers from {@code at} on. */
    static float scale(float[] row, int at, int columns) {
        float largest = 0;
        for (int c = at; c < at + columns; c++) {
            largest = Math.max(largest, Math.abs(row[c]));
        }
        return largest / 127;
    }

    /** The nearest multiple of scale, in [-127, 127]. */
    static byte quantized(float value, float scale) {
        return scale == 0 ? 0 : (byte) Math.clamp((long) Math.rint((double) value / scale), -127, 127);
    }

    /**
     * Rounds 32 values to one block, to the bytes of ggml's reference (ggml-quants.c, quantize_row_q8_0_ref and
     * quantize_row_q4_0_ref).
     *
     * @param target receives {@code type.bytes()} bytes from {@code at} on
     * @throws IllegalArgumentException when a value is not finite or too large for a binary16 scale
     */
    static void block(BlockType type, float[] values, int from, MemorySegment target, long at) {
        float furthest = 0;
        for (int i = from; i < from + BlockType.VALUES; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(values[i] + " cannot be held in blocks of " + type);
            }
            furthest = Math.abs(values[i]) > Math.abs(furthest) ? values[i] : furthest;
        }
        float scale = type == BlockType.Q8_0 ? Math.abs(furthest) / 127 : furthest / -8;
        float inverse = scale == 0 ? 0 : 1 / scale;
        short half = Float.floatToFloat16(scale);
        if (Float.isInfinite(Float.float16ToFloat(half))) {
            throw new IllegalArgumentException("a scale of " + scale + " is above binary16's largest, 65504");
        }
        target.set(SHORT, at, half);
        switch (type) {
            case Q8_0 -> {
                for (int i = 0; i < BlockType.VALUES; i++) {
                    byte code = (byte) awayFromZero(values[from + i] * inverse);
                    target.set(ValueLayout.JAVA_BYTE, at + Short.BYTES + i, code);
                }
            }
            case Q4_0 -> {
                int middle = BlockType.VALUES / 2;
                for (int i = 0; i < middle; i++) {
                    int low = code4(values[from + i] * inverse);
                    int high = code4(values[from + middle + i] * inverse);
                    target.set(ValueLayout.JAVA_BYTE, at + Short.BYTES + i, (byte) (low | high << 4));
                }
            }
        }
    }

    private static int code4(float x) {
        return Math.min(15, (int) (x + 8.5f));
    }

    /** The nearest whole number, halves away from zero. */
    private static int awayFromZero(float x) {
        float size = Math.abs(x);
        int whole = (int) size;
        whole += size - whole >= 0.5f ? 1 : 0;
        return x < 0 ? -whole : whole;
    }
}
