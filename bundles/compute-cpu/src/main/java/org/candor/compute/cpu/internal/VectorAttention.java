package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention of one head on the register tiles: kᵀ and v are packed into panels once, then for a few queries at a time
 * the scores, their softmax and the product with v stay in the first-level cache.
 */
final class VectorAttention {

    /** Queries of one block: a multiple of the register tile's rows. */
    private static final int BLOCK = 12;

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = LANE.length();

    private final Panels keyPanels;
    private final Panels valuePanels;
    private final int length;
    private final int headSize;
    private final MemorySegment keys;
    private final MemorySegment values;
    private final Scratch scratch;

    /**
     * Packs the keys and values of one head.
     *
     * @param start first row of the sequence
     * @param column first column of the head
     */
    VectorAttention(
            CpuTensor k, CpuTensor v, int start, int length, int column, int headSize, Scratch scratch, int widest) {
        this.length = length;
        this.headSize = headSize;
        this.scratch = scratch;
        keyPanels = new Panels(length, LANES, widest);
        valuePanels = new Panels(headSize, LANES, widest);
        keys = scratch.panel(Scratch.Panel.KEYS, keyPanels.size(headSize));
        values = scratch.panel(Scratch.Panel.VALUES, valuePanels.size(length));
        packKeys(k.floats(), k.at(start) + column, k.rowStride());
        packValues(v.floats(), v.at(start) + column, v.rowStride());
    }

    /** The transpose, a vector of keys at a time: the rows that one gathers from stay in the first-level cache. */
    private void packKeys(float[] k, int at, int stride) {
        int[] everyKey = new int[LANES];
        for (int i = 0; i < LANES; i++) {
            everyKey[i] = i * stride;
        }
        for (int panel = 0; panel < keyPanels.count(); panel++) {
            int width = keyPanels.width(panel) * LANES;
            int valid = keyPanels.valid(panel);
            long base = 4 * keyPanels.offset(panel, headSize);
            int first = at + keyPanels.first(panel) * stride;
            int whole = LANE.loopBound(valid);
            for (int c = 0; c < whole; c += LANES) {
                gather(k, first + c * stride, everyKey, base + 4L * c, 4L * width);
            }
            for (int d = 0; d < headSize; d++) {
                for (int c = whole; c < width; c++) {
                    float element = c < valid ? k[first + c * stride + d] : 0;
                    keys.set(ValueLayout.JAVA_FLOAT, base + 4L * (d * width + c), element);
                }
            }
        }
    }

    private void gather(float[] k, int at, int[] everyKey, long target, long targetStride) {
        for (int d = 0; d < headSize; d++) {
            FloatVector.fromArray(LANE, k, at + d, everyKey, 0)
                    .intoMemorySegment(keys, target + d * targetStride, ByteOrder.nativeOrder());
        }
    }

    private void packValues(float[] v, int at, int stride) {
        for (int panel = 0; panel < valuePanels.count(); panel++) {
            int width = valuePanels.width(panel) * LANES;
            int valid = valuePanels.valid(panel);
            long base = 4 * valuePanels.offset(panel, length);
            int first = at + valuePanels.first(panel);
            for (int c = 0; c < width; c += LANES) {
                if (c + LANES <= valid) {
                    copy(v, first + c, stride, base + 4L * c, 4L * width);
                } else {
                    copyPart(v, first + c, stride, Math.max(0, valid - c), base + 4L * c, 4L * width);
                }
            }
        }
    }

    private void copy(float[] v, int at, int stride, long target, long targetStride) {
        for (int key = 0; key < length; key++) {
            FloatVector.fromArray(LANE, v, at + key * stride)
                    .intoMemorySegment(values, target + key * targetStride, ByteOrder.nativeOrder());
        }
    }

    private void copyPart(float[] v, int at, int stride, int valid, long target, long targetStride) {
        for (int key = 0; key < length; key++) {
            for (int c = 0; c < LANES; c++) {
                float element = c < valid ? v[at + key * stride + c] : 0;
                values.set(ValueLayout.JAVA_FLOAT, target + key * targetStride + 4L * c, element);
            }
        }
    }

    /**
     * Writes the results of {@code rows} queries.
     *
     * @param qAt the first query's first number
     * @param yAt the first result's first number
     */
    void attend(float[] q, int qAt, int qStride, float scale, float[] y, int yAt, int yStride, int rows) {
        int scoreStride = keyPanels.first(keyPanels.count() - 1) + keyPanels.width(keyPanels.count() - 1) * LANES;
        float[] scores = scratch.floats(Scratch.Purpose.SCORES, BLOCK * scoreStride);
        float[] lanes = new float[LANES];
        float[] sums = new float[BLOCK];
        for (int row = 0; row < rows; row += BLOCK) {
            int block = Math.min(BLOCK, rows - row);
            for (int panel = 0; panel < keyPanels.count(); panel++) {
                VectorKernels.multiply(
                        keyPanels.width(panel),
                        q,
                        qAt + row * qStride,
                        qStride,
                        keys,
                        4 * keyPanels.offset(panel, headSize),
                        scores,
                        keyPanels.first(panel),
                        scoreStride,
                        block,
                        headSize,
                        false);
            }
            for (int r = 0; r < block; r++) {
                int at = r * scoreStride;
                float largest = VectorRows.largest(scores, at, length, scale);
                sums[r] = VectorRows.powers(scores, at, scale, largest, scores, at, length, lanes);
            }
            values(scores, scoreStride, sums, y, yAt + row * yStride, yStride, block);
        }
    }

    /** y = scores v / sums */
    private void values(float[] scores, int scoreStride, float[] sums, float[] y, int yAt, int yStride, int block) {
        for (int panel = 0; panel < valuePanels.count(); panel++) {
            int width = valuePanels.width(panel) * LANES;
            int valid = valuePanels.valid(panel);
            int first = yAt + valuePanels.first(panel);
            float[] target = valid == width ? y : scratch.floats(Scratch.Purpose.TILE, BLOCK * width);
            int targetAt = valid == width ? first : 0;
            int targetStride = valid == width ? yStride : width;
            VectorKernels.multiply(
                    valuePanels.width(panel),
                    scores,
                    0,
                    scoreStride,
                    values,
                    4 * valuePanels.offset(panel, length),
                    target,
                    targetAt,
                    targetStride,
                    block,
                    length,
                    false);
            for (int r = 0; r < block; r++) {
                VectorRows.scale(target, targetAt + r * targetStride, 1 / sums[r], y, first + r * yStride, valid);
            }
        }
    }
}
