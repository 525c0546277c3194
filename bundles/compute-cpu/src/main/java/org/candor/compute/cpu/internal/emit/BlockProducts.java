package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.MemorySegment;
import org.candor.compute.cpu.internal.BlockLoops;
import org.candor.compute.cpu.internal.BlockPanels;

/** {@link BlockLoops#multiply} in machine code. Thread safe. */
interface BlockProducts {

    /** As {@link BlockLoops#shape}. */
    BlockLoops.Shape shape();

    /** As {@link BlockLoops#multiply}; what lies outside of an array or a segment is refused. */
    void multiply(
            BlockPanels panels,
            MemorySegment w,
            int first,
            int count,
            MemorySegment x,
            int rows,
            float[] y,
            int at,
            int stride)
            throws Throwable;

    /** The part of y that {@code rows} rows of {@code columns} columns reach: the code itself checks nothing. */
    static MemorySegment target(float[] y, int at, int stride, int rows, int columns) {
        return MemorySegment.ofArray(y).asSlice(4L * at, 4L * ((rows - 1L) * stride + columns));
    }
}
