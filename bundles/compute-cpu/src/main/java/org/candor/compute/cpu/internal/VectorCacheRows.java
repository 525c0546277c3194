package org.candor.compute.cpu.internal;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.candor.api.compute.CachedSequences;

/** Rows of a cache on the Vector API: widened to the very numbers that {@link CpuCache#value} says, and their products. */
final class VectorCacheRows {

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> WHOLE = LANE.withLanes(int.class);
    private static final int LANES = LANE.length();
    private static final VectorSpecies<Short> HALF =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, LANES * 16)));
    private static final VectorSpecies<Byte> QUARTER =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * 8)));

    private VectorCacheRows() {}

    /**
     * Copies one head of the keys [from, from + count) of a sequence in binary32, one after the other.
     *
     * @param target room for {@code count * headSize} numbers
     */
    static void widen(
            CpuCache cache,
            CachedSequences sequences,
            int sequence,
            int head,
            int headSize,
            int from,
            int count,
            float[] target) {
        int stride = cache.elements().rowStride();
        int rows;
        for (int done = 0; done < count; done += rows) {
            // Rows of one block follow each other.
            int position = from + done;
            rows = Math.min(count - done, sequences.blockSize() - position % sequences.blockSize());
            int slot = sequences.slot(sequence, position);
            int at = cache.at(slot, head, headSize);
            int to = done * headSize;
            switch (cache.type()) {
                case F32 -> {
                    for (int row = 0; row < rows; row++) {
                        float[] source = cache.elements().floats();
                        System.arraycopy(source, at + row * stride, target, to + row * headSize, headSize);
                    }
                }
                case BF16 -> {
                    short[] source = cache.elements().shorts();
                    for (int row = 0; row < rows; row++) {
                        half(source, at + row * stride, headSize, target, to + row * headSize);
                    }
                }
                case I8 -> {
                    byte[] source = cache.elements().bytes();
                    for (int row = 0; row < rows; row++) {
                        float scale = cache.scale(slot + row, head);
                        quarter(source, at + row * stride, headSize, scale, target, to + row * headSize);
                    }
                }
                case F16, I32 -> throw new AssertionError(cache.type());
            }
        }
    }

    private static void half(short[] source, int at, int count, float[] target, int to) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            IntVector bits =
                    (IntVector) ShortVector.fromArray(HALF, source, at + i).convertShape(VectorOperators.S2I, WHOLE, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(target, to + i);
        }
        for (int i = whole; i < count; i++) {
            target[to + i] = Float.intBitsToFloat(source[at + i] << 16);
        }
    }

    private static void quarter(byte[] source, int at, int count, float scale, float[] target, int to) {
        // Where a vector has four lanes, eight bytes are loaded for them; the last of an array are taken one by one
        // then.
        int loaded = source.length - at - QUARTER.length() + LANES;
        int whole = LANE.loopBound(Math.max(0, Math.min(count, loaded)));
        FloatVector factor = FloatVector.broadcast(LANE, scale);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector codes = (FloatVector)
                    ByteVector.fromArray(QUARTER, source, at + i).convertShape(VectorOperators.B2F, LANE, 0);
            codes.mul(factor).intoArray(target, to + i);
        }
        for (int i = whole; i < count; i++) {
            target[to + i] = scale * source[at + i];
        }
    }

    /**
     * y += w v, one fused multiply-add for each term in the order of the rows of v.
     *
     * @param w {@code rows} numbers from {@code wAt} on
     * @param v rows of {@code count} numbers, {@code stride} apart from {@code vAt} on
     */
    static void accumulate(
            float[] w, int wAt, float[] v, int vAt, int stride, int rows, float[] y, int yAt, int count) {
        int c = 0;
        for (; c <= count - 8 * LANES; c += 8 * LANES) {
            eight(w, wAt, v, vAt + c, stride, rows, y, yAt + c);
        }
        for (; c <= count - 2 * LANES; c += 2 * LANES) {
            two(w, wAt, v, vAt + c, stride, rows, y, yAt + c);
        }
        for (; c <= count - LANES; c += LANES) {
            one(w, wAt, v, vAt + c, stride, rows, y, yAt + c);
        }
        for (; c < count; c++) {
            float sum = y[yAt + c];
            for (int row = 0; row < rows; row++) {
                sum = Math.fma(w[wAt + row], v[vAt + row * stride + c], sum);
            }
            y[yAt + c] = sum;
        }
    }

    private static void eight(float[] w, int wAt, float[] v, int vAt, int stride, int rows, float[] y, int yAt) {
        FloatVector s0 = FloatVector.fromArray(LANE, y, yAt);
        FloatVector s1 = FloatVector.fromArray(LANE, y, yAt + LANES);
        FloatVector s2 = FloatVector.fromArray(LANE, y, yAt + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(LANE, y, yAt + 3 * LANES);
        FloatVector s4 = FloatVector.fromArray(LANE, y, yAt + 4 * LANES);
        FloatVector s5 = FloatVector.fromArray(LANE, y, yAt + 5 * LANES);
        FloatVector s6 = FloatVector.fromArray(LANE, y, yAt + 6 * LANES);
        FloatVector s7 = FloatVector.fromArray(LANE, y, yAt + 7 * LANES);
        for (int row = 0; row < rows; row++) {
            int at = vAt + row * stride;
            FloatVector x = FloatVector.broadcast(LANE, w[wAt + row]);
            s0 = x.fma(FloatVector.fromArray(LANE, v, at), s0);
            s1 = x.fma(FloatVector.fromArray(LANE, v, at + LANES), s1);
            s2 = x.fma(FloatVector.fromArray(LANE, v, at + 2 * LANES), s2);
            s3 = x.fma(FloatVector.fromArray(LANE, v, at + 3 * LANES), s3);
            s4 = x.fma(FloatVector.fromArray(LANE, v, at + 4 * LANES), s4);
            s5 = x.fma(FloatVector.fromArray(LANE, v, at + 5 * LANES), s5);
            s6 = x.fma(FloatVector.fromArray(LANE, v, at + 6 * LANES), s6);
            s7 = x.fma(FloatVector.fromArray(LANE, v, at + 7 * LANES), s7);
        }
        s0.intoArray(y, yAt);
        s1.intoArray(y, yAt + LANES);
        s2.intoArray(y, yAt + 2 * LANES);
        s3.intoArray(y, yAt + 3 * LANES);
        s4.intoArray(y, yAt + 4 * LANES);
        s5.intoArray(y, yAt + 5 * LANES);
        s6.intoArray(y, yAt + 6 * LANES);
        s7.intoArray(y, yAt + 7 * LANES);
    }

    private static void two(float[] w, int wAt, float[] v, int vAt, int stride, int rows, float[] y, int yAt) {
        FloatVector s0 = FloatVector.fromArray(LANE, y, yAt);
        FloatVector s1 = FloatVector.fromArray(LANE, y, yAt + LANES);
        for (int row = 0; row < rows; row++) {
            int at = vAt + row * stride;
            FloatVector x = FloatVector.broadcast(LANE, w[wAt + row]);
            s0 = x.fma(FloatVector.fromArray(LANE, v, at), s0);
            s1 = x.fma(FloatVector.fromArray(LANE, v, at + LANES), s1);
        }
        s0.intoArray(y, yAt);
        s1.intoArray(y, yAt + LANES);
    }

    private static void one(float[] w, int wAt, float[] v, int vAt, int stride, int rows, float[] y, int yAt) {
        FloatVector s0 = FloatVector.fromArray(LANE, y, yAt);
        for (int row = 0; row < rows; row++) {
            FloatVector x = FloatVector.broadcast(LANE, w[wAt + row]);
            s0 = x.fma(FloatVector.fromArray(LANE, v, vAt + row * stride), s0);
        }
        s0.intoArray(y, yAt);
    }
}
