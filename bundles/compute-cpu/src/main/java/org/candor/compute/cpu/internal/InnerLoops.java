package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import org.candor.api.compute.Activation;

/**
 * The loops in which nearly all time is spent: a few rows of A times panels of B, and what happens to the result. Every
 * implementation does the same operations in the same order, so that it gives the same bits: sums of a product run over k
 * with one fused multiply-add each. Thread safe.
 */
public interface InnerLoops {

    /** For people: emitted or not, and why not. */
    String description();

    /**
     * C = A B or C += A B for {@code panels} panels of B of the same width, one after the other.
     *
     * @param vectors width of a panel: 1, 2 or 4
     * @param a row major, {@code depth} columns, rows {@code aStride} apart from {@code aAt} on
     * @param b the panels, each depth rows of so many vectors, from the byte {@code bAt} on
     * @param c row major, rows {@code cStride} apart from {@code cAt} on
     * @param rows of A and C
     * @param add true to add to C
     */
    void multiply(
            int vectors,
            int panels,
            float[] a,
            int aAt,
            int aStride,
            MemorySegment b,
            long bAt,
            float[] c,
            int cAt,
            int cStride,
            int rows,
            int depth,
            boolean add);

    /**
     * x = activation(x + bias), in place.
     *
     * @param x rows {@code stride} apart from {@code at} on
     * @param bias one for each column from {@code biasAt} on, or null
     */
    void finish(Activation activation, float[] bias, int biasAt, float[] x, int at, int stride, int rows, int columns);

    /**
     * x = e^(scale * x - largest), in place, where largest is the row's largest scale * x.
     *
     * @param x rows {@code stride} apart from {@code at} on
     * @param sums becomes the sum of each row
     */
    void powers(float[] x, int at, int stride, int rows, int columns, float scale, float[] sums);

    /**
     * y = (x + residual - mean) / deviation * gamma + beta, row by row.
     *
     * @param residual or null
     */
    void norm(
            CpuTensor x,
            CpuTensor residual,
            CpuTensor gamma,
            CpuTensor beta,
            float epsilon,
            CpuTensor y,
            int from,
            int to);

    /**
     * Transposes rows into panels: b of {@link #multiply} with {@code depth} columns of k for its rows.
     *
     * @param vectors width of a panel: 1, 2 or 4
     * @param k rows {@code stride} apart from {@code at} on, as many as the panels have columns
     */
    void transpose(int vectors, int panels, float[] k, int at, int stride, int depth, MemorySegment b, long bAt);
}
