package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * C = A B or C += A B for a panel of B that is four vectors wide, with the sums in registers: 24 sums fill the registers of AVX-512 and NEON: 24 multiply-adds for 10 loads.
 * Every variant adds the products of one element in the same order with fused multiply-adds, so that a row's result does not depend on
 * the rows around it. The sums are named, not indexed, because only locals become registers.
 */
final class FourVectorTiles {

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = LANE.length();
    private static final long VECTOR_BYTES = LANE.vectorByteSize();
    private static final long ROW_BYTES = 4 * VECTOR_BYTES;

    private FourVectorTiles() {}

    /**
     * The product of {@code rows} rows of A with one panel of B.
     *
     * @param a row major, {@code depth} columns, rows {@code aStride} apart from {@code aAt} on
     * @param b the panel, depth rows of 4 vectors, from the byte {@code bAt} on
     * @param c row major, rows {@code cStride} apart from {@code cAt} on
     * @param add true to add to c
     */
    static void multiply(
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
            boolean add) {
        int r = 0;
        for (; r + 6 <= rows; r += 6) {
            rows6(a, aAt + r * aStride, aStride, b, bAt, c, cAt + r * cStride, cStride, depth, add);
        }
        if (r + 4 <= rows) {
            rows4(a, aAt + r * aStride, aStride, b, bAt, c, cAt + r * cStride, cStride, depth, add);
            r += 4;
        }
        if (r + 2 <= rows) {
            rows2(a, aAt + r * aStride, aStride, b, bAt, c, cAt + r * cStride, cStride, depth, add);
            r += 2;
        }
        if (r < rows) {
            rows1(a, aAt + r * aStride, b, bAt, c, cAt + r * cStride, depth, add);
        }
    }

    /** 6 rows. */
    private static void rows6(
            float[] a,
            int a0,
            int aStride,
            MemorySegment b,
            long bAt,
            float[] c,
            int c0,
            int cStride,
            int depth,
            boolean add) {
        int a1 = a0 + aStride;
        int a2 = a1 + aStride;
        int a3 = a2 + aStride;
        int a4 = a3 + aStride;
        int a5 = a4 + aStride;
        int c1 = c0 + cStride;
        int c2 = c1 + cStride;
        int c3 = c2 + cStride;
        int c4 = c3 + cStride;
        int c5 = c4 + cStride;
        FloatVector s00 = add ? FloatVector.fromArray(LANE, c, c0) : FloatVector.zero(LANE);
        FloatVector s01 = add ? FloatVector.fromArray(LANE, c, c0 + LANES) : FloatVector.zero(LANE);
        FloatVector s02 = add ? FloatVector.fromArray(LANE, c, c0 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s03 = add ? FloatVector.fromArray(LANE, c, c0 + 3 * LANES) : FloatVector.zero(LANE);
        FloatVector s10 = add ? FloatVector.fromArray(LANE, c, c1) : FloatVector.zero(LANE);
        FloatVector s11 = add ? FloatVector.fromArray(LANE, c, c1 + LANES) : FloatVector.zero(LANE);
        FloatVector s12 = add ? FloatVector.fromArray(LANE, c, c1 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s13 = add ? FloatVector.fromArray(LANE, c, c1 + 3 * LANES) : FloatVector.zero(LANE);
        FloatVector s20 = add ? FloatVector.fromArray(LANE, c, c2) : FloatVector.zero(LANE);
        FloatVector s21 = add ? FloatVector.fromArray(LANE, c, c2 + LANES) : FloatVector.zero(LANE);
        FloatVector s22 = add ? FloatVector.fromArray(LANE, c, c2 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s23 = add ? FloatVector.fromArray(LANE, c, c2 + 3 * LANES) : FloatVector.zero(LANE);
        FloatVector s30 = add ? FloatVector.fromArray(LANE, c, c3) : FloatVector.zero(LANE);
        FloatVector s31 = add ? FloatVector.fromArray(LANE, c, c3 + LANES) : FloatVector.zero(LANE);
        FloatVector s32 = add ? FloatVector.fromArray(LANE, c, c3 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s33 = add ? FloatVector.fromArray(LANE, c, c3 + 3 * LANES) : FloatVector.zero(LANE);
        FloatVector s40 = add ? FloatVector.fromArray(LANE, c, c4) : FloatVector.zero(LANE);
        FloatVector s41 = add ? FloatVector.fromArray(LANE, c, c4 + LANES) : FloatVector.zero(LANE);
        FloatVector s42 = add ? FloatVector.fromArray(LANE, c, c4 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s43 = add ? FloatVector.fromArray(LANE, c, c4 + 3 * LANES) : FloatVector.zero(LANE);
        FloatVector s50 = add ? FloatVector.fromArray(LANE, c, c5) : FloatVector.zero(LANE);
        FloatVector s51 = add ? FloatVector.fromArray(LANE, c, c5 + LANES) : FloatVector.zero(LANE);
        FloatVector s52 = add ? FloatVector.fromArray(LANE, c, c5 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s53 = add ? FloatVector.fromArray(LANE, c, c5 + 3 * LANES) : FloatVector.zero(LANE);
        for (int k = 0; k < depth; k++) {
            long row = bAt + k * ROW_BYTES;
            FloatVector b0 = FloatVector.fromMemorySegment(LANE, b, row, ByteOrder.nativeOrder());
            FloatVector b1 = FloatVector.fromMemorySegment(LANE, b, row + VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector b2 = FloatVector.fromMemorySegment(LANE, b, row + 2 * VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector b3 = FloatVector.fromMemorySegment(LANE, b, row + 3 * VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector x0 = FloatVector.broadcast(LANE, a[a0 + k]);
            s00 = x0.fma(b0, s00);
            s01 = x0.fma(b1, s01);
            s02 = x0.fma(b2, s02);
            s03 = x0.fma(b3, s03);
            FloatVector x1 = FloatVector.broadcast(LANE, a[a1 + k]);
            s10 = x1.fma(b0, s10);
            s11 = x1.fma(b1, s11);
            s12 = x1.fma(b2, s12);
            s13 = x1.fma(b3, s13);
            FloatVector x2 = FloatVector.broadcast(LANE, a[a2 + k]);
            s20 = x2.fma(b0, s20);
            s21 = x2.fma(b1, s21);
            s22 = x2.fma(b2, s22);
            s23 = x2.fma(b3, s23);
            FloatVector x3 = FloatVector.broadcast(LANE, a[a3 + k]);
            s30 = x3.fma(b0, s30);
            s31 = x3.fma(b1, s31);
            s32 = x3.fma(b2, s32);
            s33 = x3.fma(b3, s33);
            FloatVector x4 = FloatVector.broadcast(LANE, a[a4 + k]);
            s40 = x4.fma(b0, s40);
            s41 = x4.fma(b1, s41);
            s42 = x4.fma(b2, s42);
            s43 = x4.fma(b3, s43);
            FloatVector x5 = FloatVector.broadcast(LANE, a[a5 + k]);
            s50 = x5.fma(b0, s50);
            s51 = x5.fma(b1, s51);
            s52 = x5.fma(b2, s52);
            s53 = x5.fma(b3, s53);
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s02.intoArray(c, c0 + 2 * LANES);
        s03.intoArray(c, c0 + 3 * LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s12.intoArray(c, c1 + 2 * LANES);
        s13.intoArray(c, c1 + 3 * LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
        s22.intoArray(c, c2 + 2 * LANES);
        s23.intoArray(c, c2 + 3 * LANES);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + LANES);
        s32.intoArray(c, c3 + 2 * LANES);
        s33.intoArray(c, c3 + 3 * LANES);
        s40.intoArray(c, c4);
        s41.intoArray(c, c4 + LANES);
        s42.intoArray(c, c4 + 2 * LANES);
        s43.intoArray(c, c4 + 3 * LANES);
        s50.intoArray(c, c5);
        s51.intoArray(c, c5 + LANES);
        s52.intoArray(c, c5 + 2 * LANES);
        s53.intoArray(c, c5 + 3 * LANES);
    }

    /** 4 rows. */
    private static void rows4(
            float[] a,
            int a0,
            int aStride,
            MemorySegment b,
            long bAt,
            float[] c,
            int c0,
            int cStride,
            int depth,
            boolean add) {
        int a1 = a0 + aStride;
        int a2 = a1 + aStride;
        int a3 = a2 + aStride;
        int c1 = c0 + cStride;
        int c2 = c1 + cStride;
        int c3 = c2 + cStride;
        FloatVector s00 = add ? FloatVector.fromArray(LANE, c, c0) : FloatVector.zero(LANE);
        FloatVector s01 = add ? FloatVector.fromArray(LANE, c, c0 + LANES) : FloatVector.zero(LANE);
        FloatVector s02 = add ? FloatVector.fromArray(LANE, c, c0 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s03 = add ? FloatVector.fromArray(LANE, c, c0 + 3 * LANES) : FloatVector.zero(LANE);
        FloatVector s10 = add ? FloatVector.fromArray(LANE, c, c1) : FloatVector.zero(LANE);
        FloatVector s11 = add ? FloatVector.fromArray(LANE, c, c1 + LANES) : FloatVector.zero(LANE);
        FloatVector s12 = add ? FloatVector.fromArray(LANE, c, c1 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s13 = add ? FloatVector.fromArray(LANE, c, c1 + 3 * LANES) : FloatVector.zero(LANE);
        FloatVector s20 = add ? FloatVector.fromArray(LANE, c, c2) : FloatVector.zero(LANE);
        FloatVector s21 = add ? FloatVector.fromArray(LANE, c, c2 + LANES) : FloatVector.zero(LANE);
        FloatVector s22 = add ? FloatVector.fromArray(LANE, c, c2 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s23 = add ? FloatVector.fromArray(LANE, c, c2 + 3 * LANES) : FloatVector.zero(LANE);
        FloatVector s30 = add ? FloatVector.fromArray(LANE, c, c3) : FloatVector.zero(LANE);
        FloatVector s31 = add ? FloatVector.fromArray(LANE, c, c3 + LANES) : FloatVector.zero(LANE);
        FloatVector s32 = add ? FloatVector.fromArray(LANE, c, c3 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s33 = add ? FloatVector.fromArray(LANE, c, c3 + 3 * LANES) : FloatVector.zero(LANE);
        for (int k = 0; k < depth; k++) {
            long row = bAt + k * ROW_BYTES;
            FloatVector b0 = FloatVector.fromMemorySegment(LANE, b, row, ByteOrder.nativeOrder());
            FloatVector b1 = FloatVector.fromMemorySegment(LANE, b, row + VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector b2 = FloatVector.fromMemorySegment(LANE, b, row + 2 * VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector b3 = FloatVector.fromMemorySegment(LANE, b, row + 3 * VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector x0 = FloatVector.broadcast(LANE, a[a0 + k]);
            s00 = x0.fma(b0, s00);
            s01 = x0.fma(b1, s01);
            s02 = x0.fma(b2, s02);
            s03 = x0.fma(b3, s03);
            FloatVector x1 = FloatVector.broadcast(LANE, a[a1 + k]);
            s10 = x1.fma(b0, s10);
            s11 = x1.fma(b1, s11);
            s12 = x1.fma(b2, s12);
            s13 = x1.fma(b3, s13);
            FloatVector x2 = FloatVector.broadcast(LANE, a[a2 + k]);
            s20 = x2.fma(b0, s20);
            s21 = x2.fma(b1, s21);
            s22 = x2.fma(b2, s22);
            s23 = x2.fma(b3, s23);
            FloatVector x3 = FloatVector.broadcast(LANE, a[a3 + k]);
            s30 = x3.fma(b0, s30);
            s31 = x3.fma(b1, s31);
            s32 = x3.fma(b2, s32);
            s33 = x3.fma(b3, s33);
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s02.intoArray(c, c0 + 2 * LANES);
        s03.intoArray(c, c0 + 3 * LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s12.intoArray(c, c1 + 2 * LANES);
        s13.intoArray(c, c1 + 3 * LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
        s22.intoArray(c, c2 + 2 * LANES);
        s23.intoArray(c, c2 + 3 * LANES);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + LANES);
        s32.intoArray(c, c3 + 2 * LANES);
        s33.intoArray(c, c3 + 3 * LANES);
    }

    /** 2 rows. */
    private static void rows2(
            float[] a,
            int a0,
            int aStride,
            MemorySegment b,
            long bAt,
            float[] c,
            int c0,
            int cStride,
            int depth,
            boolean add) {
        int a1 = a0 + aStride;
        int c1 = c0 + cStride;
        FloatVector s00 = add ? FloatVector.fromArray(LANE, c, c0) : FloatVector.zero(LANE);
        FloatVector s01 = add ? FloatVector.fromArray(LANE, c, c0 + LANES) : FloatVector.zero(LANE);
        FloatVector s02 = add ? FloatVector.fromArray(LANE, c, c0 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s03 = add ? FloatVector.fromArray(LANE, c, c0 + 3 * LANES) : FloatVector.zero(LANE);
        FloatVector s10 = add ? FloatVector.fromArray(LANE, c, c1) : FloatVector.zero(LANE);
        FloatVector s11 = add ? FloatVector.fromArray(LANE, c, c1 + LANES) : FloatVector.zero(LANE);
        FloatVector s12 = add ? FloatVector.fromArray(LANE, c, c1 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s13 = add ? FloatVector.fromArray(LANE, c, c1 + 3 * LANES) : FloatVector.zero(LANE);
        for (int k = 0; k < depth; k++) {
            long row = bAt + k * ROW_BYTES;
            FloatVector b0 = FloatVector.fromMemorySegment(LANE, b, row, ByteOrder.nativeOrder());
            FloatVector b1 = FloatVector.fromMemorySegment(LANE, b, row + VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector b2 = FloatVector.fromMemorySegment(LANE, b, row + 2 * VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector b3 = FloatVector.fromMemorySegment(LANE, b, row + 3 * VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector x0 = FloatVector.broadcast(LANE, a[a0 + k]);
            s00 = x0.fma(b0, s00);
            s01 = x0.fma(b1, s01);
            s02 = x0.fma(b2, s02);
            s03 = x0.fma(b3, s03);
            FloatVector x1 = FloatVector.broadcast(LANE, a[a1 + k]);
            s10 = x1.fma(b0, s10);
            s11 = x1.fma(b1, s11);
            s12 = x1.fma(b2, s12);
            s13 = x1.fma(b3, s13);
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s02.intoArray(c, c0 + 2 * LANES);
        s03.intoArray(c, c0 + 3 * LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s12.intoArray(c, c1 + 2 * LANES);
        s13.intoArray(c, c1 + 3 * LANES);
    }

    /** 1 row. */
    private static void rows1(float[] a, int a0, MemorySegment b, long bAt, float[] c, int c0, int depth, boolean add) {
        FloatVector s00 = add ? FloatVector.fromArray(LANE, c, c0) : FloatVector.zero(LANE);
        FloatVector s01 = add ? FloatVector.fromArray(LANE, c, c0 + LANES) : FloatVector.zero(LANE);
        FloatVector s02 = add ? FloatVector.fromArray(LANE, c, c0 + 2 * LANES) : FloatVector.zero(LANE);
        FloatVector s03 = add ? FloatVector.fromArray(LANE, c, c0 + 3 * LANES) : FloatVector.zero(LANE);
        for (int k = 0; k < depth; k++) {
            long row = bAt + k * ROW_BYTES;
            FloatVector b0 = FloatVector.fromMemorySegment(LANE, b, row, ByteOrder.nativeOrder());
            FloatVector b1 = FloatVector.fromMemorySegment(LANE, b, row + VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector b2 = FloatVector.fromMemorySegment(LANE, b, row + 2 * VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector b3 = FloatVector.fromMemorySegment(LANE, b, row + 3 * VECTOR_BYTES, ByteOrder.nativeOrder());
            FloatVector x0 = FloatVector.broadcast(LANE, a[a0 + k]);
            s00 = x0.fma(b0, s00);
            s01 = x0.fma(b1, s01);
            s02 = x0.fma(b2, s02);
            s03 = x0.fma(b3, s03);
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s02.intoArray(c, c0 + 2 * LANES);
        s03.intoArray(c, c0 + 3 * LANES);
    }
}
