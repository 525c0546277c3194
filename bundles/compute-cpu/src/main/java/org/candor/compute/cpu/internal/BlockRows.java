package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.candor.api.compute.BlockType;

/**
 * Rows of x rounded for products with {@link BlockPanels}, outside the heap. A block of a row is 32 signed bytes q, then
 * their scale in binary32 and the sum of q as an integer: x = scale * q, scale = max|x| / 127, q in [-127, 127] rounded to
 * the nearest, halves to even. A block with a number that is not finite makes its whole product not finite, or no number.
 */
public final class BlockRows {

    /** Bytes of one block. */
    public static final int BYTES = BlockType.VALUES + Float.BYTES + Integer.BYTES;

    /** Where a block's scale is. */
    public static final int SCALE = BlockType.VALUES;

    /** Where the sum of its q is. */
    public static final int SUM = SCALE + Float.BYTES;

    private BlockRows() {}

    /** Bytes of a row. */
    public static long rowBytes(int inputs) {
        return (long) Math.ceilDiv(inputs, BlockType.VALUES) * BYTES;
    }

    /** Rounds one row: the reference. */
    static void round(float[] x, int at, int inputs, MemorySegment target, long to) {
        for (int first = 0; first < inputs; first += BlockType.VALUES) {
            block(x, at + first, Math.min(BlockType.VALUES, inputs - first), target, to);
            to += BYTES;
        }
    }

    /** Rounds one block of {@code count} numbers, filled up with zeros. */
    static void block(float[] x, int at, int count, MemorySegment target, long to) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(x[at + i]));
        }
        float scale = largest / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        int sum = 0;
        for (int i = 0; i < BlockType.VALUES; i++) {
            int q = i < count ? nearest(x[at + i] * inverse) : 0;
            sum += q;
            target.set(ValueLayout.JAVA_BYTE, to + i, (byte) q);
        }
        target.set(ValueLayout.JAVA_FLOAT, to + SCALE, scale);
        target.set(ValueLayout.JAVA_INT, to + SUM, sum);
    }

    /** Of a scale so small that its inverse is infinite, too. */
    private static int nearest(float x) {
        return Math.clamp((long) Math.rint((double) x), -127, 127);
    }
}
