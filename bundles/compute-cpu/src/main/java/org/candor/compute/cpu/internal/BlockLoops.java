package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import org.candor.api.compute.WeightType;

/**
 * Products with quantised blocks, and weights of 16 bits made wide. Every implementation gives the same bits, on every machine: whole numbers are summed
 * exactly within a block, and blocks in order,
 *
 * <pre>y = fma(sum of codes * q, scale of the weights * scale of x, y)</pre>
 *
 * in binary32 with the product of the scales rounded once, starting from 0. So a row's result depends neither on its batch
 * nor on vectors. Thread safe.
 */
public interface BlockLoops {

    /**
     * How products like their factors. No effect on results.
     *
     * @param panelRows rows of a panel of weights
     * @param tileRows rows of x that are multiplied together
     * @param blockRows most rows of x that meet all panels of a chunk before the next ones do, a multiple of those
     * @param roundedBytes most bytes that these take, rounded, so that they stay in cache
     */
    record Shape(int panelRows, int tileRows, int blockRows, long roundedBytes) {}

    /** What holds for panels of {@link BlockPanels#ROWS} rows. */
    Shape NARROW = new Shape(BlockPanels.ROWS, 4, 96, 256 * 1024);

    /** The panels that {@link #multiply} takes, and the rows that suit it. */
    default Shape shape() {
        return NARROW;
    }

    /** For people: emitted or not, and why not. */
    String description();

    /**
     * Widens numbers of 16 bits to binary32, exactly.
     *
     * @param type F16 or BF16
     * @param first index of the first number
     * @param count a multiple of the JVM's vectors of binary32
     * @param target receives them from its beginning on
     */
    void widen(WeightType type, MemorySegment source, long first, long count, MemorySegment target);

    /**
     * Product of one row of x with one panel of numbers of 16 bits, in the order of the inputs, each with one fused multiply-add
     * from 0 on, as {@link InnerLoops#multiply} does it; reads the panel once, without a wide copy of it.
     *
     * @param type F16 or BF16
     * @param first index of the panel's first number
     * @param width columns of the panel
     * @param depth its rows, one for each input
     * @param y receives the panel's columns from {@code yAt} on
     * @return false where nothing was done, and the panel has to be widened
     */
    default boolean multiplyRow(
            WeightType type,
            MemorySegment w,
            long first,
            int width,
            int depth,
            float[] x,
            int xAt,
            float[] y,
            int yAt) {
        return false;
    }

    /** Rounds a row as {@link BlockRows} says. */
    void round(float[] x, int at, int inputs, MemorySegment target, long to);

    /**
     * Products of rows of x with {@code count} panels, all of whose columns are written.
     *
     * @param w the panels of the weight
     * @param first the first panel
     * @param x rounded rows, one after the other
     * @param rows how many of them
     * @param y rows {@code stride} apart from {@code at} on
     */
    void multiply(
            BlockPanels panels,
            MemorySegment w,
            int first,
            int count,
            MemorySegment x,
            int rows,
            float[] y,
            int at,
            int stride);
}
