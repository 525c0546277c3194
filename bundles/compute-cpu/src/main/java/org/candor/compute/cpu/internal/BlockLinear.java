package org.candor.compute.cpu.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.candor.api.compute.Activation;

/**
 * Linear layers with weights in blocks: x is rounded once, then the threads share panels and rows. Keeps the memory for
 * rounded rows. Used by one queue.
 */
final class BlockLinear {

    private final CpuQueue queue;
    private MemorySegment rounded = MemorySegment.NULL;

    BlockLinear(CpuQueue queue) {
        this.queue = queue;
    }

    /** y = activation(x Wᵀ + b); shapes are checked. */
    void linear(CpuTensor x, CpuWeight w, CpuTensor bias, Activation activation, CpuTensor y) {
        BlockLoops loops = queue.kernels.blocks();
        BlockPanels panels = BlockPanels.of(w);
        int inputs = w.inputs();
        long rowBytes = BlockRows.rowBytes(inputs);
        MemorySegment rows = room(x.rows() * rowBytes);
        queue.rows(x.rows(), inputs, (from, to, scratch) -> {
            for (int t = from; t < to; t++) {
                loops.round(x.floats(), x.at(t), inputs, rows, t * rowBytes);
            }
        });
        LinearPlan plan = LinearPlan.ofBlocks(
                x.rows(), inputs, w.outputs(), panels.count(), loops.shape(), queue.workers.threads());
        queue.run(plan.chunks(), (chunk, scratch) -> {
            int from = plan.rowFrom(chunk);
            int count = plan.rowTo(chunk) - from;
            MemorySegment some = rows.asSlice(from * rowBytes, count * rowBytes);
            int first = plan.panelFrom(chunk);
            int end = plan.panelTo(chunk);
            multiply(loops, panels, w, first, end, some, count, y, from, scratch);
            int columnTo = Math.min(end * panels.rows(), w.outputs());
            if (bias != null || activation != Activation.IDENTITY) {
                queue.kernels.finish(bias, activation, y, from, from + count, first * panels.rows(), columnTo);
            }
        });
    }

    /** Whole panels go straight to y; of the last one, where it is none, what belongs there is copied. */
    private static void multiply(
            BlockLoops loops,
            BlockPanels panels,
            CpuWeight w,
            int first,
            int end,
            MemorySegment x,
            int rows,
            CpuTensor y,
            int from,
            Scratch scratch) {
        int whole = panels.valid(end - 1) == panels.rows() ? end : end - 1;
        if (first < whole) {
            int at = y.at(from) + first * panels.rows();
            loops.multiply(panels, w.elements(), first, whole - first, x, rows, y.floats(), at, y.rowStride());
        }
        if (whole < end) {
            float[] tile = scratch.floats(Scratch.Purpose.TILE, rows * panels.rows());
            loops.multiply(panels, w.elements(), whole, 1, x, rows, tile, 0, panels.rows());
            for (int t = 0; t < rows; t++) {
                int at = y.at(from + t) + whole * panels.rows();
                System.arraycopy(tile, t * panels.rows(), y.floats(), at, panels.valid(whole));
            }
        }
    }

    private MemorySegment room(long bytes) {
        if (rounded.byteSize() < bytes) {
            rounded = Arena.ofAuto().allocate(bytes, BlockPanels.ALIGNMENT);
        }
        return rounded;
    }
}
