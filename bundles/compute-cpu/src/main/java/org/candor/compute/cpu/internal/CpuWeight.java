package org.candor.compute.cpu.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.candor.api.compute.Weight;
import org.candor.api.compute.WeightType;

/** A weight outside the Java heap, in the layout of the kernels that made it. */
final class CpuWeight implements Weight {

    private final Kernels kernels;
    private final WeightType type;
    private final int outputs;
    private final int inputs;
    private final Arena arena;
    private final MemorySegment elements;
    private final float[] scales;

    /**
     * @param kernels who made it and can read it
     * @param arena owns the elements; shared, since every worker reads them
     * @param elements in the kernels' own layout
     * @param scales for I8 one per output, otherwise null
     */
    CpuWeight(
            Kernels kernels,
            WeightType type,
            int outputs,
            int inputs,
            Arena arena,
            MemorySegment elements,
            float[] scales) {
        this.kernels = kernels;
        this.type = type;
        this.outputs = outputs;
        this.inputs = inputs;
        this.arena = arena;
        this.elements = elements;
        this.scales = scales;
    }

    Kernels kernels() {
        return kernels;
    }

    MemorySegment elements() {
        return elements;
    }

    float[] scales() {
        return scales;
    }

    /** Copies one row, widened to binary32. */
    void row(int output, float[] target, int to) {
        if (BlockPanels.held(type)) {
            BlockPanels.of(this).row(elements, output, target, to);
        } else {
            kernels.row(this, output, target, to);
        }
    }

    /** An element of its row, widened; not of blocks. */
    float element(long index, int output) {
        return switch (type) {
            case F32 -> elements.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case BF16 -> Float.intBitsToFloat(elements.getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
            case F16 -> Float.float16ToFloat(elements.getAtIndex(ValueLayout.JAVA_SHORT, index));
            case I8 -> elements.getAtIndex(ValueLayout.JAVA_BYTE, index) * scales[output];
            case Q8, Q4, STORED -> throw new IllegalStateException(type + " has no elements");
        };
    }

    boolean closed() {
        return !arena.scope().isAlive();
    }

    @Override
    public WeightType type() {
        return type;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int inputs() {
        return inputs;
    }

    @Override
    public long bytes() {
        return elements.byteSize() + (scales == null ? 0 : 4L * scales.length);
    }

    @Override
    public void close() {
        if (!closed()) {
            arena.close();
        }
    }

    @Override
    public String toString() {
        return type + " weight (" + outputs + ", " + inputs + ")";
    }
}
