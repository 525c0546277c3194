package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.candor.api.compute.CachedSequences;
import org.candor.api.compute.ElementType;

/**
 * A head that is read from the cache as its products need it, a few keys at a time that stay in the first-level cache. For
 * so few rows that to pack the whole head would take longer than to multiply with it.
 *
 * @param first position of key number 0
 * @param length keys
 */
record StreamedHead(
        InnerLoops loops,
        int widest,
        CpuCache keys,
        CpuCache values,
        CachedSequences sequences,
        int sequence,
        int head,
        int headSize,
        int first,
        int length,
        Scratch scratch)
        implements CachedHead {

    private static final int LANES = FloatVector.SPECIES_PREFERRED.length();

    /** Numbers of the keys that are taken at once: as rows and as a panel they fill a first-level cache. */
    private static final int AT_ONCE = 4096;

    private int width() {
        return widest * LANES;
    }

    private int step() {
        return Math.max(1, AT_ONCE / headSize / width()) * width();
    }

    @Override
    public int scoreStride() {
        return Math.ceilDiv(length, width()) * width();
    }

    @Override
    public void scores(float[] q, int qAt, int qStride, float[] scores, int rows, int from, int to) {
        int step = step();
        float[] some = scratch.floats(Scratch.Purpose.KEYS, step * headSize);
        MemorySegment panels = scratch.panel(Scratch.Panel.KEYS, (long) step * headSize);
        for (int key = from / step * step; key < to; key += step) {
            int count = Math.min(step, length - key);
            int filled = Math.ceilDiv(count, width());
            if (keys.type() == ElementType.F32 && count == filled * width() && contiguous(key, count)) {
                int at = keys.at(slot(key), head, headSize);
                int stride = keys.elements().rowStride();
                loops.transpose(widest, filled, keys.elements().floats(), at, stride, headSize, panels, 0);
            } else {
                rows(keys, key, count, some);
                Arrays.fill(some, count * headSize, filled * width() * headSize, 0);
                loops.transpose(widest, filled, some, 0, headSize, headSize, panels, 0);
            }
            loops.multiply(
                    widest, filled, q, qAt, qStride, panels, 0, scores, key, scoreStride(), rows, headSize, false);
        }
    }

    @Override
    public void values(float[] scores, float[] sums, float[] y, int yAt, int yStride, int rows, int from, int to) {
        int step = step();
        float[] some = scratch.floats(Scratch.Purpose.VALUES, step * headSize);
        for (int row = 0; row < rows; row++) {
            Arrays.fill(y, yAt + row * yStride, yAt + row * yStride + headSize, 0);
        }
        for (int key = from; key < to; key += step) {
            int count = Math.min(step, to - key);
            float[] v = some;
            int at = 0;
            int stride = headSize;
            if (values.type() == ElementType.F32 && contiguous(key, count)) {
                v = values.elements().floats();
                at = values.at(slot(key), head, headSize);
                stride = values.elements().rowStride();
            } else {
                rows(values, key, count, some);
            }
            for (int row = 0; row < rows; row++) {
                VectorCacheRows.accumulate(
                        scores, row * scoreStride() + key, v, at, stride, count, y, yAt + row * yStride, headSize);
            }
        }
        for (int row = 0; row < rows; row++) {
            int at = yAt + row * yStride;
            VectorRows.scale(y, at, 1 / sums[row], y, at, headSize);
        }
    }

    private int slot(int key) {
        return sequences.slot(sequence, first + key);
    }

    private boolean contiguous(int key, int count) {
        return sequences.contiguous(sequence, first + key, first + key + count);
    }

    private void rows(CpuCache cache, int key, int count, float[] target) {
        for (int i = 0; i < count; i++) {
            VectorCacheRows.widen(cache, slot(key + i), head, headSize, target, i * headSize);
        }
    }
}
