package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.WeightType;

/**
 * Products with blocks on the Vector API, which has no multiplication of bytes: codes and q are widened to binary32, where
 * a block's sum, at most 32 * 128 * 127, is exact as well. A vector holds at most the rows of a panel.
 */
public final class VectorBlockLoops implements BlockLoops {

    private static final VectorSpecies<Float> FLOAT = FloatVector.SPECIES_PREFERRED.length() > BlockPanels.ROWS
            ? FloatVector.SPECIES_256
            : FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INT = FLOAT.withLanes(int.class);
    private static final int LANES = FLOAT.length();
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * Byte.SIZE)));
    private static final VectorSpecies<Short> HALVES =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, LANES * Short.SIZE)));

    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int PANEL_WORDS = BlockPanels.ROWS * Integer.BYTES;
    /** What is added to and subtracted from a number below 2^22 to round it to a whole one, halves to even. */
    private static final float ROUNDER = 0x1.8p23f;

    private final String reason;

    /** For what is not emitted. */
    public VectorBlockLoops() {
        this("");
    }

    /** @param reason why they are not emitted, for people */
    VectorBlockLoops(String reason) {
        this.reason = reason;
    }

    @Override
    public String description() {
        return reason.isEmpty() ? "not emitted" : "not emitted: " + reason;
    }

    @Override
    public void widen(WeightType type, MemorySegment source, long first, long count, MemorySegment target) {
        if (type == WeightType.F16) {
            VectorWeights.widenHalf(source, first, count, target);
        } else {
            VectorWeights.widenBfloat(source, first, count, target);
        }
    }

    @Override
    public void round(float[] x, int at, int inputs, MemorySegment target, long to) {
        int whole = inputs / BlockType.VALUES;
        for (int block = 0; block < whole; block++) {
            block(x, at + block * BlockType.VALUES, target, to + (long) block * BlockRows.BYTES);
        }
        int left = inputs % BlockType.VALUES;
        if (left > 0) {
            int from = at + whole * BlockType.VALUES;
            BlockRows.block(x, from, left, target, to + (long) whole * BlockRows.BYTES);
        }
    }

    private static void block(float[] x, int at, MemorySegment target, long to) {
        FloatVector largest = FloatVector.zero(FLOAT);
        for (int i = 0; i < BlockType.VALUES; i += LANES) {
            largest = largest.max(FloatVector.fromArray(FLOAT, x, at + i).abs());
        }
        float scale = largest.reduceLanes(VectorOperators.MAX) / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        IntVector sum = IntVector.zero(INT);
        for (int i = 0; i < BlockType.VALUES; i += LANES) {
            FloatVector nearest = FloatVector.fromArray(FLOAT, x, at + i)
                    .mul(inverse)
                    .add(ROUNDER)
                    .sub(ROUNDER);
            IntVector q = ((IntVector) nearest.convertShape(VectorOperators.F2I, INT, 0))
                    .max(-127)
                    .min(127);
            sum = sum.add(q);
            // Where four lanes' bytes are half a vector, the next ones, or the scale, are written over the other half.
            ((ByteVector) q.convertShape(VectorOperators.I2B, BYTES, 0)).intoMemorySegment(target, to + i, ORDER);
        }
        target.set(ValueLayout.JAVA_FLOAT, to + BlockRows.SCALE, scale);
        target.set(ValueLayout.JAVA_INT, to + BlockRows.SUM, sum.reduceLanes(VectorOperators.ADD));
    }

    @Override
    public void multiply(
            BlockPanels panels,
            MemorySegment w,
            int first,
            int count,
            MemorySegment x,
            int rows,
            float[] y,
            int at,
            int stride) {
        long rowBytes = BlockRows.rowBytes(panels.inputs());
        for (int panel = 0; panel < count; panel++) {
            long from = (first + panel) * panels.panelBytes();
            for (int lane = 0; lane < BlockPanels.ROWS; lane += LANES) {
                int column = at + panel * BlockPanels.ROWS + lane;
                int t = 0;
                for (; t + 4 <= rows; t += 4) {
                    four(panels, w, from, lane, x, t * rowBytes, rowBytes, y, column + t * stride, stride);
                }
                for (; t < rows; t++) {
                    one(panels, w, from, lane, x, t * rowBytes, y, column + t * stride);
                }
            }
        }
    }

    private static void four(
            BlockPanels panels,
            MemorySegment w,
            long panel,
            int lane,
            MemorySegment x,
            long x0,
            long rowBytes,
            float[] y,
            int at,
            int stride) {
        FloatVector y0 = FloatVector.zero(FLOAT);
        FloatVector y1 = y0;
        FloatVector y2 = y0;
        FloatVector y3 = y0;
        long x1 = x0 + rowBytes;
        long x2 = x1 + rowBytes;
        long x3 = x2 + rowBytes;
        long scales = panel + (long) lane * Short.BYTES;
        long words = panel + panels.scaleBytes() + (long) lane * Integer.BYTES;
        boolean bytes = panels.type() == BlockType.Q8_0;
        for (int block = 0; block < panels.blocks(); block++) {
            FloatVector s0 = FloatVector.zero(FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int i = 0; i < BlockType.VALUES; i++) {
                FloatVector code = bytes ? code8(w, words, i) : code4(w, words, i);
                s0 = code.fma(FloatVector.broadcast(FLOAT, x.get(ValueLayout.JAVA_BYTE, x0 + i)), s0);
                s1 = code.fma(FloatVector.broadcast(FLOAT, x.get(ValueLayout.JAVA_BYTE, x1 + i)), s1);
                s2 = code.fma(FloatVector.broadcast(FLOAT, x.get(ValueLayout.JAVA_BYTE, x2 + i)), s2);
                s3 = code.fma(FloatVector.broadcast(FLOAT, x.get(ValueLayout.JAVA_BYTE, x3 + i)), s3);
            }
            FloatVector scale = scale(w, scales);
            y0 = s0.fma(scale.mul(x.get(ValueLayout.JAVA_FLOAT, x0 + BlockRows.SCALE)), y0);
            y1 = s1.fma(scale.mul(x.get(ValueLayout.JAVA_FLOAT, x1 + BlockRows.SCALE)), y1);
            y2 = s2.fma(scale.mul(x.get(ValueLayout.JAVA_FLOAT, x2 + BlockRows.SCALE)), y2);
            y3 = s3.fma(scale.mul(x.get(ValueLayout.JAVA_FLOAT, x3 + BlockRows.SCALE)), y3);
            x0 += BlockRows.BYTES;
            x1 += BlockRows.BYTES;
            x2 += BlockRows.BYTES;
            x3 += BlockRows.BYTES;
            scales += BlockPanels.ROWS * Short.BYTES;
            words += (long) panels.words() * PANEL_WORDS;
        }
        y0.intoArray(y, at);
        y1.intoArray(y, at + stride);
        y2.intoArray(y, at + 2 * stride);
        y3.intoArray(y, at + 3 * stride);
    }

    private static void one(
            BlockPanels panels, MemorySegment w, long panel, int lane, MemorySegment x, long x0, float[] y, int at) {
        FloatVector sums = FloatVector.zero(FLOAT);
        long scales = panel + (long) lane * Short.BYTES;
        long words = panel + panels.scaleBytes() + (long) lane * Integer.BYTES;
        boolean bytes = panels.type() == BlockType.Q8_0;
        for (int block = 0; block < panels.blocks(); block++) {
            FloatVector s = FloatVector.zero(FLOAT);
            for (int i = 0; i < BlockType.VALUES; i++) {
                FloatVector code = bytes ? code8(w, words, i) : code4(w, words, i);
                s = code.fma(FloatVector.broadcast(FLOAT, x.get(ValueLayout.JAVA_BYTE, x0 + i)), s);
            }
            sums = s.fma(scale(w, scales).mul(x.get(ValueLayout.JAVA_FLOAT, x0 + BlockRows.SCALE)), sums);
            x0 += BlockRows.BYTES;
            scales += BlockPanels.ROWS * Short.BYTES;
            words += (long) panels.words() * PANEL_WORDS;
        }
        sums.intoArray(y, at);
    }

    /** Codes i of the rows, of Q8_0. */
    private static FloatVector code8(MemorySegment w, long words, int i) {
        IntVector word = IntVector.fromMemorySegment(INT, w, words + (long) (i >> 2) * PANEL_WORDS, ORDER);
        IntVector code = word.lanewise(VectorOperators.LSHL, 24 - 8 * (i & 3)).lanewise(VectorOperators.ASHR, 24);
        return (FloatVector) code.convertShape(VectorOperators.I2F, FLOAT, 0);
    }

    /** Codes i of the rows, of Q4_0. */
    private static FloatVector code4(MemorySegment w, long words, int i) {
        IntVector word = IntVector.fromMemorySegment(INT, w, words + (long) (i >> 2 & 3) * PANEL_WORDS, ORDER);
        int shift = 8 * (i & 3) + (i >> 4) * 4;
        IntVector code = word.lanewise(VectorOperators.LSHR, shift).and(15).sub(8);
        return (FloatVector) code.convertShape(VectorOperators.I2F, FLOAT, 0);
    }

    private static FloatVector scale(MemorySegment w, long at) {
        ShortVector halves = ShortVector.fromMemorySegment(HALVES, w, at, ORDER);
        return VectorWeights.half((IntVector) halves.convertShape(VectorOperators.S2I, INT, 0));
    }
}
