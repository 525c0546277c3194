package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The keys and values of one head, packed for the register tiles: kᵀ and v as panels. Products run over a range of keys,
 * with one fused multiply-add for each term in the order of the keys, so that a row of a result depends on nothing but
 * its own numbers. Lives in its thread's scratch memory until the next one is packed there.
 */
final class PackedHead {

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
     * Packs {@code length} keys and values.
     *
     * @param k keys, {@code kStride} apart from {@code kAt} on
     * @param v values, {@code vStride} apart from {@code vAt} on
     */
    PackedHead(
            InnerLoops loops,
            float[] k,
            int kAt,
            int kStride,
            float[] v,
            int vAt,
            int vStride,
            int length,
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
        packKeys(k, kAt, kStride);
        packValues(v, vAt, vStride);
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

    /** Numbers from one row of scores to the next, at least. */
    int scoreStride() {
        return keyPanels.first(keyPanels.count() - 1) + keyPanels.width(keyPanels.count() - 1) * LANES;
    }

    /**
     * scores = q kᵀ for the keys [from, to) and whichever others share their panels; column of a key is its number.
     *
     * @param q rows {@code qStride} apart from {@code qAt} on
     * @param scores rows {@link #scoreStride} apart
     */
    void scores(float[] q, int qAt, int qStride, float[] scores, int rows, int from, int to) {
        // All panels of the full width at once, then what is left: at most two.
        for (int panel = 0; panel < keyPanels.count(); panel += keyPanels.alike(panel)) {
            int width = keyPanels.width(panel) * LANES;
            int first = keyPanels.first(panel);
            int begin = Math.max(0, (from - first) / width);
            int end = Math.min(keyPanels.alike(panel), Math.ceilDiv(to - first, width));
            if (begin < end) {
                loops.multiply(
                        keyPanels.width(panel),
                        end - begin,
                        q,
                        qAt,
                        qStride,
                        keys,
                        4 * keyPanels.offset(panel + begin, headSize),
                        scores,
                        first + begin * width,
                        scoreStride(),
                        rows,
                        headSize,
                        false);
            }
        }
    }

    /**
     * y = scores v / sums, over the keys [from, to).
     *
     * @param scores rows {@link #scoreStride} apart
     * @param y rows {@code yStride} apart from {@code yAt} on
     */
    void values(float[] scores, float[] sums, float[] y, int yAt, int yStride, int rows, int from, int to) {
        boolean all = from == 0 && to == length;
        int step = 1;
        for (int panel = 0; panel < valuePanels.count(); panel += step) {
            // Panels follow each other in memory only at their whole depth.
            step = all ? valuePanels.alike(panel) : 1;
            int width = step * valuePanels.width(panel) * LANES;
            int first = valuePanels.first(panel);
            int valid = Math.min(width, headSize - first);
            boolean direct = valid == width;
            float[] target = direct ? y : scratch.floats(Scratch.Purpose.TILE, rows * width);
            int targetAt = direct ? yAt + first : 0;
            int targetStride = direct ? yStride : width;
            loops.multiply(
                    valuePanels.width(panel),
                    step,
                    scores,
                    from,
                    scoreStride(),
                    values,
                    4 * (valuePanels.offset(panel, length) + (long) from * valuePanels.width(panel) * LANES),
                    target,
                    targetAt,
                    targetStride,
                    rows,
                    to - from,
                    false);
            for (int r = 0; r < rows; r++) {
                VectorRows.scale(target, targetAt + r * targetStride, 1 / sums[r], y, yAt + first + r * yStride, valid);
            }
        }
    }
}
