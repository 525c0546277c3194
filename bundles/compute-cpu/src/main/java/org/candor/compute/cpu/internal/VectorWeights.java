package org.candor.compute.cpu.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.WeightType;

/** Packs weights into panels of Wᵀ (inputs, outputs), and widens rounded panels to binary32 a block at a time. */
final class VectorWeights {

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> WHOLE = LANE.withLanes(int.class);
    private static final int LANES = LANE.length();
    private static final VectorSpecies<Short> HALF =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, LANES * 16)));
    private static final VectorSpecies<Byte> QUARTER =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * 8)));

    private VectorWeights() {}

    static CpuWeight pack(Kernels kernels, HostMatrix matrix, WeightType type, Panels panels) {
        int inputs = matrix.columns();
        int outputs = matrix.rows();
        Arena arena = Arena.ofShared();
        long bytes =
                switch (type) {
                    case F32 -> 4;
                    case BF16, F16 -> 2;
                    case I8 -> 1;
                    case Q8, Q4, STORED -> throw new IllegalArgumentException(type + " has no panels of elements");
                };
        // Four bytes are loaded as the lower half of eight where vectors have four lanes, also the last four.
        MemorySegment elements = arena.allocate(bytes * panels.size(inputs) + 4, 64);
        float[] scales = type == WeightType.I8 ? new float[outputs] : null;
        float[] row = new float[inputs];
        for (int panel = 0; panel < panels.count(); panel++) {
            int width = panels.width(panel) * LANES;
            for (int c = 0; c < panels.valid(panel); c++) {
                int output = panels.first(panel) + c;
                Rounding.row(matrix, output, row);
                long at = panels.offset(panel, inputs) + c;
                switch (type) {
                    case F32 -> {
                        for (int i = 0; i < inputs; i++) {
                            elements.setAtIndex(ValueLayout.JAVA_FLOAT, at + (long) i * width, row[i]);
                        }
                    }
                    case BF16 -> {
                        for (int i = 0; i < inputs; i++) {
                            elements.setAtIndex(
                                    ValueLayout.JAVA_SHORT, at + (long) i * width, Rounding.bfloat16(row[i]));
                        }
                    }
                    case F16 -> {
                        for (int i = 0; i < inputs; i++) {
                            elements.setAtIndex(
                                    ValueLayout.JAVA_SHORT, at + (long) i * width, Float.floatToFloat16(row[i]));
                        }
                    }
                    case Q8, Q4, STORED -> throw new AssertionError(type);
                    case I8 -> {
                        scales[output] = Rounding.scale(row, inputs);
                        for (int i = 0; i < inputs; i++) {
                            elements.setAtIndex(
                                    ValueLayout.JAVA_BYTE,
                                    at + (long) i * width,
                                    Rounding.quantized(row[i], scales[output]));
                        }
                    }
                }
            }
        }
        return new CpuWeight(kernels, type, outputs, inputs, arena, elements, scales);
    }

    /**
     * Widens the rows [from, from + depth) of one panel.
     *
     * @param target room for {@code depth} rows of the panel
     */
    static void widen(
            BlockLoops loops, CpuWeight w, Panels panels, int panel, int from, int depth, MemorySegment target) {
        int width = panels.width(panel) * LANES;
        long first = panels.offset(panel, w.inputs()) + (long) from * width;
        long count = (long) depth * width;
        if (w.type() != WeightType.I8) {
            loops.widen(w.type(), w.elements(), first, count, target);
        } else {
            float[] scales = Arrays.copyOfRange(w.scales(), panels.first(panel), panels.first(panel) + width);
            widenQuarter(w.elements(), first, scales, width, count, target);
        }
    }

    static void widenBfloat(MemorySegment source, long first, long count, MemorySegment target) {
        ByteOrder order = ByteOrder.nativeOrder();
        for (long i = 0; i < count; i += LANES) {
            ShortVector half = ShortVector.fromMemorySegment(HALF, source, 2 * (first + i), order);
            IntVector bits = (IntVector) half.convertShape(VectorOperators.S2I, WHOLE, 0);
            bits.lanewise(VectorOperators.LSHL, 16).intoMemorySegment(target, 4 * i, order);
        }
    }

    static void widenHalf(MemorySegment source, long first, long count, MemorySegment target) {
        ByteOrder order = ByteOrder.nativeOrder();
        for (long i = 0; i < count; i += LANES) {
            ShortVector half = ShortVector.fromMemorySegment(HALF, source, 2 * (first + i), order);
            half((IntVector) half.convertShape(VectorOperators.S2I, WHOLE, 0)).intoMemorySegment(target, 4 * i, order);
        }
    }

    /** Numbers of 16 bits, each in the lower half of an integer whose upper half is undefined. */
    static FloatVector half(IntVector bits) {
        IntVector size = bits.and(0x7fff).lanewise(VectorOperators.LSHL, 13);
        // The exponent counts from 112 further up; what is no number or infinite keeps a full exponent.
        IntVector scaled = size.reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts();
        IntVector whole =
                scaled.lanewise(VectorOperators.OR, 0x7f800000, size.compare(VectorOperators.GE, 0x7c00 << 13));
        return whole.or(bits.and(0x8000).lanewise(VectorOperators.LSHL, 16)).reinterpretAsFloats();
    }

    private static void widenQuarter(
            MemorySegment source, long first, float[] scales, int width, long count, MemorySegment target) {
        ByteOrder order = ByteOrder.nativeOrder();
        for (int c = 0; c < width; c += LANES) {
            FloatVector scale = FloatVector.fromArray(LANE, scales, c);
            for (long i = c; i < count; i += width) {
                ByteVector quarter = ByteVector.fromMemorySegment(QUARTER, source, first + i, order);
                FloatVector value = (FloatVector) quarter.convertShape(VectorOperators.B2F, LANE, 0);
                value.mul(scale).intoMemorySegment(target, 4 * i, order);
            }
        }
    }

    /** Copies one row of a weight, widened. */
    static void row(CpuWeight w, Panels panels, int output, float[] target, int to) {
        int panel = panels.panelOf(output);
        int width = panels.width(panel) * LANES;
        long at = panels.offset(panel, w.inputs()) + output - panels.first(panel);
        for (int i = 0; i < w.inputs(); i++) {
            target[to + i] = w.element(at + (long) i * width, output);
        }
    }
}
