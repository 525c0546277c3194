package org.candor.compute.cpu.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.CachedSequences;

/** The decoder's kernels on the Vector API; attention's products run on the same tiles as everything else's. */
record VectorDecoderKernels(InnerLoops loops, int widest) implements DecoderKernels {

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = LANE.length();

    @Override
    public void rmsNorm(CpuTensor x, CpuTensor gamma, float epsilon, CpuTensor y, int from, int to) {
        float[] lanes = new float[LANES];
        int size = gamma.columns();
        for (int row = from; row < to; row++) {
            for (int group = 0; group < x.columns(); group += size) {
                int at = x.at(row) + group;
                float mean = VectorRows.squares(x.floats(), at, size, 0, lanes) / size;
                float inverse = (float) (1 / Math.sqrt((double) mean + epsilon));
                scaled(x.floats(), at, inverse, gamma.floats(), gamma.at(0), y.floats(), y.at(row) + group, size);
            }
        }
    }

    /** y = x * factor * gamma */
    private static void scaled(
            float[] x, int xAt, float factor, float[] gamma, int gammaAt, float[] y, int yAt, int count) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(LANE, x, xAt + i)
                    .mul(factor)
                    .mul(FloatVector.fromArray(LANE, gamma, gammaAt + i))
                    .intoArray(y, yAt + i);
        }
        for (int i = whole; i < count; i++) {
            y[yAt + i] = x[xAt + i] * factor * gamma[gammaAt + i];
        }
    }

    @Override
    public void rope(
            CpuTensor x,
            int[] rows,
            int rowsAt,
            CpuTensor cos,
            CpuTensor sin,
            int headSize,
            CpuTensor y,
            int from,
            int to) {
        int half = cos.columns();
        for (int t = from; t < to; t++) {
            int cosAt = cos.at(rows[rowsAt + t]);
            int sinAt = sin.at(rows[rowsAt + t]);
            for (int head = 0; head < x.columns(); head += headSize) {
                int source = x.at(t) + head;
                int target = y.at(t) + head;
                turn(x.floats(), source, cos.floats(), cosAt, sin.floats(), sinAt, half, y.floats(), target);
                System.arraycopy(x.floats(), source + 2 * half, y.floats(), target + 2 * half, headSize - 2 * half);
            }
        }
    }

    private static void turn(
            float[] x, int xAt, float[] cos, int cosAt, float[] sin, int sinAt, int half, float[] y, int yAt) {
        int whole = LANE.loopBound(half);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector c = FloatVector.fromArray(LANE, cos, cosAt + i);
            FloatVector s = FloatVector.fromArray(LANE, sin, sinAt + i);
            FloatVector left = FloatVector.fromArray(LANE, x, xAt + i);
            FloatVector right = FloatVector.fromArray(LANE, x, xAt + half + i);
            left.fma(c, right.mul(s).neg()).intoArray(y, yAt + i);
            right.fma(c, left.mul(s)).intoArray(y, yAt + half + i);
        }
        if (whole < half) {
            VectorMask<Float> rest = LANE.indexInRange(whole, half);
            FloatVector c = FloatVector.fromArray(LANE, cos, cosAt + whole, rest);
            FloatVector s = FloatVector.fromArray(LANE, sin, sinAt + whole, rest);
            FloatVector left = FloatVector.fromArray(LANE, x, xAt + whole, rest);
            FloatVector right = FloatVector.fromArray(LANE, x, xAt + half + whole, rest);
            left.fma(c, right.mul(s).neg()).intoArray(y, yAt + whole, rest);
            right.fma(c, left.mul(s)).intoArray(y, yAt + half + whole, rest);
        }
    }

    @Override
    public void cachedAttention(
            CpuTensor q,
            CpuCache keys,
            CpuCache values,
            CachedSequences sequences,
            int sequence,
            AttentionShape shape,
            int headFrom,
            int headTo,
            CpuTensor bias,
            CpuTensor y,
            int from,
            int to,
            Scratch scratch) {
        VectorCachedAttention[] heads = new VectorCachedAttention[headTo - headFrom];
        for (int i = 0; i < heads.length; i++) {
            heads[i] =
                    new VectorCachedAttention(loops, widest, sequences, sequence, shape, headFrom + i, bias, scratch);
        }
        if (CachedAttentionPlan.few(to - from, shape)) {
            int first = shape.firstKey(heads[0].position(from));
            int end = shape.endKey(heads[0].position(to - 1), sequences.keys(sequence));
            int rows = (to - from) * shape.group();
            new StreamedAttention(heads, keys, values, first, end - first, rows).attend(q, y, from * shape.group());
            return;
        }
        for (VectorCachedAttention head : heads) {
            head.attend(q, keys, values, y, from, to);
        }
    }

    @Override
    public void multiply(CpuTensor a, CpuTensor b, CpuTensor y, int from, int to) {
        for (int row = from; row < to; row++) {
            product(a.floats(), a.at(row), b.floats(), b.at(row), y.floats(), y.at(row), y.columns());
        }
    }

    private static void product(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int count) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(LANE, a, aAt + i)
                    .mul(FloatVector.fromArray(LANE, b, bAt + i))
                    .intoArray(y, yAt + i);
        }
        for (int i = whole; i < count; i++) {
            y[yAt + i] = a[aAt + i] * b[bAt + i];
        }
    }

    @Override
    public void scale(CpuTensor x, float factor, CpuTensor y, int from, int to) {
        for (int row = from; row < to; row++) {
            VectorRows.scale(x.floats(), x.at(row), factor, y.floats(), y.at(row), y.columns());
        }
    }
}
