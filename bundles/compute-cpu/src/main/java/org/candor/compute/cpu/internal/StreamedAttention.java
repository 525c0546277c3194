package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.candor.api.compute.CachedSequences;
import org.candor.api.compute.ElementType;

/**
 * Attention of a few rows, which reads the cache as its products need it, a few keys at a time that stay in the first-level
 * cache: to pack whole heads would take longer than to multiply with them. Heads that lie beside each other in a row of the
 * cache are read together, so that memory is passed through in order. Every term has one fused multiply-add in the order of
 * the keys, as in {@link PackedHead}, and so the same bits.
 *
 * @param heads of keys and values, one after the other
 * @param keys of all heads
 * @param values of all heads
 * @param first position of the first key that a row sees
 * @param length keys that any of the rows sees
 * @param rows of each head
 */
record StreamedAttention(
        VectorCachedAttention[] heads, CpuCache keys, CpuCache values, int first, int length, int rows) {

    private static final int LANES = FloatVector.SPECIES_PREFERRED.length();

    /** Numbers of the keys that are taken at once: as rows and as a panel they fill a first-level cache. */
    private static final int AT_ONCE = 4096;

    /**
     * Writes the results of the rows.
     *
     * @param row the first of them
     */
    void attend(CpuTensor q, CpuTensor y, int row) {
        Scratch scratch = heads[0].scratch();
        int size = size();
        int stride = Math.ceilDiv(length, width()) * width();
        float[] queries = scratch.floats(Scratch.Purpose.QUERIES, heads.length * rows * size);
        float[] scores = scratch.floats(Scratch.Purpose.SCORES, heads.length * rows * stride);
        float[] results = scratch.floats(Scratch.Purpose.RESULTS, heads.length * rows * size);
        for (int r = 0; r < heads.length * rows; r++) {
            VectorCachedAttention head = heads[r / rows];
            System.arraycopy(q.floats(), head.at(q, row + r % rows), queries, r * size, size);
        }
        Arrays.fill(results, 0, heads.length * rows * size, 0);
        for (int key = 0; key < length; key += step()) {
            for (int h = 0; h < heads.length; h++) {
                scores(h, key, queries, scores, stride);
            }
        }
        float[] sums = new float[heads.length * rows];
        float[] sum = new float[1];
        for (int r = 0; r < sums.length; r++) {
            heads[r / rows].weights(scores, r * stride, row + r % rows, first, 0, length, sum);
            sums[r] = sum[0];
        }
        for (int key = 0; key < length; key += step()) {
            for (int h = 0; h < heads.length; h++) {
                values(h, key, scores, stride, results);
            }
        }
        for (int r = 0; r < sums.length; r++) {
            VectorRows.scale(results, r * size, 1 / sums[r], y.floats(), heads[r / rows].at(y, row + r % rows), size);
        }
    }

    private int size() {
        return heads[0].shape().headSize();
    }

    private int width() {
        return heads[0].widest() * LANES;
    }

    private int step() {
        return Math.max(1, AT_ONCE / size() / width()) * width();
    }

    /** scores = q kᵀ for the keys from {@code key} on, as many as are taken at once, and zeros up to a panel's width. */
    private void scores(int h, int key, float[] queries, float[] scores, int stride) {
        VectorCachedAttention head = heads[h];
        int size = size();
        int count = Math.min(step(), length - key);
        int panels = Math.ceilDiv(count, width());
        MemorySegment panel = head.scratch().panel(Scratch.Panel.KEYS, (long) step() * size);
        if (keys.type() == ElementType.F32 && count == panels * width() && contiguous(key, count)) {
            int at = keys.at(slot(key), head.head(), size);
            int every = keys.elements().rowStride();
            head.loops().transpose(head.widest(), panels, keys.elements().floats(), at, every, size, panel, 0);
        } else {
            float[] some = head.scratch().floats(Scratch.Purpose.KEYS, step() * size);
            widen(keys, head.head(), key, count, some);
            Arrays.fill(some, count * size, panels * width() * size, 0);
            head.loops().transpose(head.widest(), panels, some, 0, size, size, panel, 0);
        }
        int at = h * rows * stride + key;
        head.loops()
                .multiply(
                        head.widest(),
                        panels,
                        queries,
                        h * rows * size,
                        size,
                        panel,
                        0,
                        scores,
                        at,
                        stride,
                        rows,
                        size,
                        false);
    }

    /** results += scores v */
    private void values(int h, int key, float[] scores, int stride, float[] results) {
        int size = size();
        int count = Math.min(step(), length - key);
        int head = heads[h].head();
        float[] v = values.type() == ElementType.F32 && contiguous(key, count)
                ? values.elements().floats()
                : null;
        int at = v == null ? 0 : values.at(slot(key), head, size);
        int every = v == null ? size : values.elements().rowStride();
        if (v == null) {
            v = heads[h].scratch().floats(Scratch.Purpose.VALUES, step() * size);
            widen(values, head, key, count, v);
        }
        for (int r = h * rows; r < (h + 1) * rows; r++) {
            VectorCacheRows.accumulate(scores, r * stride + key, v, at, every, count, results, r * size, size);
        }
    }

    private int slot(int key) {
        return heads[0].sequences().slot(heads[0].sequence(), first + key);
    }

    private boolean contiguous(int key, int count) {
        CachedSequences sequences = heads[0].sequences();
        return sequences.contiguous(heads[0].sequence(), first + key, first + key + count);
    }

    private void widen(CpuCache cache, int head, int key, int count, float[] target) {
        VectorCacheRows.widen(
                cache, heads[0].sequences(), heads[0].sequence(), head, size(), first + key, count, target);
    }
}
