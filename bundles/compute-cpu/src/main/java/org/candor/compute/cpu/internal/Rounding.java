package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
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
        float largest = 0;
        for (int c = 0; c < columns; c++) {
            largest = Math.max(largest, Math.abs(row[c]));
        }
        return largest / 127;
    }

    /** The nearest multiple of scale, in [-127, 127]. */
    static byte quantized(float value, float scale) {
        return scale == 0 ? 0 : (byte) Math.clamp((long) Math.rint((double) value / scale), -127, 127);
    }
}
