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

    private final InnerLoops loops;
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
            InnerLoops loops,
            CpuTensor k,
            CpuTensor v,
            int start,
            int length,
            int column,
            int headSize,
            Scratch scratch,
            int widest) {
        this.loops = loops;
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

    private void packKeys(float[] k, int at, int stride) {
        for (int panel = 0; panel < keyPanels.count(); panel += keyPanels.alike(panel)) {
            int alike = keyPanels.alike(panel);
            int width = keyPanels.width(panel) * LANES;
            int first = at + keyPanels.first(panel) * stride;
            // The last vector of keys may be filled up with zeros, which no transposition of rows knows of.
            int whole = keyPanels.first(panel) + alike * width <= length ? alike : alike - 1;
            long base = 4 * keyPanels.offset(panel, headSize);
            if (whole > 0) {
                loops.transpose(keyPanels.width(panel), whole, k, first, stride, headSize, keys, base);
            }
            if (whole < alike) {
                int done = whole * width;
                packPart(
                        k,
                        first + done * stride,
                        stride,
                        length - keyPanels.first(panel) - done,
                        width,
                        base + 4L * done * headSize);
            }
        }
    }

    private void packPart(float[] k, int at, int stride, int valid, int width, long base) {
        for (int d = 0; d < headSize; d++) {
            for (int c = 0; c < width; c++) {
                float element = c < valid ? k[at + c * stride + d] : 0;
                keys.set(ValueLayout.JAVA_FLOAT, base + 4L * (d * width + c), element);
            }
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
        float[] sums = new float[BLOCK];
        for (int row = 0; row < rows; row += BLOCK) {
            int block = Math.min(BLOCK, rows - row);
            // All panels of the full width at once, then what is left: at most two.
            for (int panel = 0; panel < keyPanels.count(); panel += keyPanels.alike(panel)) {
                loops.multiply(
                        keyPanels.width(panel),
                        keyPanels.alike(panel),
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
            loops.powers(scores, 0, scoreStride, block, length, scale, sums);
            values(scores, scoreStride, sums, y, yAt + row * yStride, yStride, block);
        }
    }

    /** y = scores v / sums */
    private void values(float[] scores, int scoreStride, float[] sums, float[] y, int yAt, int yStride, int block) {
        for (int panel = 0; panel < valuePanels.count(); panel += valuePanels.alike(panel)) {
            int alike = valuePanels.alike(panel);
            int width = alike * valuePanels.width(panel) * LANES;
            int first = valuePanels.first(panel);
            int valid = Math.min(width, headSize - first);
            boolean direct = valid == width;
            float[] target = direct ? y : scratch.floats(Scratch.Purpose.TILE, BLOCK * width);
            int targetAt = direct ? yAt + first : 0;
            int targetStride = direct ? yStride : width;
            loops.multiply(
                    valuePanels.width(panel),
                    alike,
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
                VectorRows.scale(target, targetAt + r * targetStride, 1 / sums[r], y, yAt + first + r * yStride, valid);
            }
        }
    }
}
