package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.candor.api.compute.BlockType;
import org.candor.compute.cpu.internal.BlockLoops;
import org.candor.compute.cpu.internal.BlockPanels;
import org.candor.compute.cpu.internal.BlockRows;

/** Products in AVX2: {@link BlockCode}. */
final class NarrowProducts implements BlockProducts {

    private static final MemoryLayout P = ValueLayout.ADDRESS;
    private static final MemoryLayout N = ValueLayout.JAVA_LONG;
    static final FunctionDescriptor BLOCKS = FunctionDescriptor.ofVoid(P, P, P, N, N, N, N, N);

    /** Bytes of panels that rows of x meet one after the other while the panels stay in the second-level cache. */
    private static final long GROUP = 128 * 1024;

    private final MethodHandle[][] functions = new MethodHandle[BlockType.values().length][BlockCode.MOST_ROWS];

    NarrowProducts(CodeBook book) {
        for (BlockType type : BlockType.values()) {
            for (int rows = 1; rows <= BlockCode.MOST_ROWS; rows++) {
                int height = rows;
                book.add(
                        code -> BlockCode.write(code, type, height),
                        BLOCKS,
                        function -> functions[type.ordinal()][height - 1] = function);
            }
        }
    }

    @Override
    public BlockLoops.Shape shape() {
        return BlockLoops.NARROW;
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
            int stride)
            throws Throwable {
        long rowBytes = BlockRows.rowBytes(panels.inputs());
        long panelBytes = panels.panelBytes();
        int group = rows <= BlockCode.MOST_ROWS ? count : Math.clamp(GROUP / panelBytes, 1, count);
        MethodHandle[] byRows = functions[panels.type().ordinal()];
        for (int done = 0; done < count; done += group) {
            int some = Math.min(group, count - done);
            MemorySegment weights = w.asSlice((first + done) * panelBytes, some * panelBytes);
            for (int t = 0; t < rows; t += BlockCode.MOST_ROWS) {
                int height = Math.min(BlockCode.MOST_ROWS, rows - t);
                int to = at + t * stride + done * BlockPanels.ROWS;
                byRows[height - 1].invokeExact(
                        weights,
                        x.asSlice(t * rowBytes, height * rowBytes),
                        BlockProducts.target(y, to, stride, height, some * BlockPanels.ROWS),
                        (long) panels.blocks(),
                        rowBytes,
                        4L * stride,
                        (long) some,
                        panels.scaleBytes());
            }
        }
    }
}
