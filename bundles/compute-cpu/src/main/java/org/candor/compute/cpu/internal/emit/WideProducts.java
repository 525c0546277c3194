package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.candor.api.compute.BlockType;
import org.candor.compute.cpu.internal.BlockLoops;
import org.candor.compute.cpu.internal.BlockPanels;
import org.candor.compute.cpu.internal.BlockRows;

/** Products in AVX-512 with VNNI ({@link VnniBlockCode}) and, where there are tiles, of more rows in AMX ({@link AmxBlockCode}). */
final class WideProducts implements BlockProducts {

    private static final MemoryLayout P = ValueLayout.ADDRESS;
    private static final MemoryLayout N = ValueLayout.JAVA_LONG;
    private static final FunctionDescriptor TILES = FunctionDescriptor.ofVoid(P, P, P, N, N, N, P, N, N, N, P);
    private static final FunctionDescriptor WIDEN = FunctionDescriptor.ofVoid(P, P, N);

    private static final int LANES = BlockPanels.WIDE_ROWS;
    private static final int ALIGNMENT = 64;

    /** Fewer rows than these go through the vectors, whose weights need not be made bytes before. A guess, not measured. */
    private static final int FEWEST_TILE_ROWS = 4;

    /** Bytes of panels that rows of x meet one after the other while the panels stay in the second-level cache. */
    private static final long GROUP = 256 * 1024;

    private static final BlockLoops.Shape VECTORS =
            new BlockLoops.Shape(LANES, VnniBlockCode.MOST_ROWS, 96, 256 * 1024);
    private static final BlockLoops.Shape TILES_SHAPE =
            new BlockLoops.Shape(LANES, AmxBlockCode.MOST_ROWS, 256, 1024 * 1024);

    private final MethodHandle[][] vectors = new MethodHandle[BlockType.values().length][VnniBlockCode.MOST_ROWS];
    /** By panels of a turn and rows, these from {@link #FEWEST_TILE_ROWS} on; null without tiles. */
    private final MethodHandle[][] tiles;

    private final MemorySegment[] shapes;
    private MethodHandle widen;
    /** Bytes made of a thread's panels of half bytes. */
    private final ThreadLocal<MemorySegment> widened = ThreadLocal.withInitial(() -> MemorySegment.NULL);

    /** @param amx whether there are tiles, and the process may use them */
    WideProducts(CodeBook book, boolean amx) {
        for (BlockType type : BlockType.values()) {
            for (int rows = 1; rows <= VnniBlockCode.MOST_ROWS; rows++) {
                int height = rows;
                book.add(
                        code -> VnniBlockCode.write(code, type, height),
                        NarrowProducts.BLOCKS,
                        function -> vectors[type.ordinal()][height - 1] = function);
            }
        }
        tiles = amx ? new MethodHandle[AmxBlockCode.MOST_PANELS + 1][AmxBlockCode.MOST_ROWS + 1] : null;
        shapes = new MemorySegment[AmxBlockCode.MOST_ROWS + 1];
        if (amx) {
            book.add(AmxBlockCode::widen, WIDEN, function -> widen = function);
            for (int rows = FEWEST_TILE_ROWS; rows <= AmxBlockCode.MOST_ROWS; rows++) {
                int height = rows;
                for (int panels = 1; panels <= AmxBlockCode.MOST_PANELS; panels++) {
                    int width = panels;
                    book.add(
                            code -> AmxBlockCode.write(code, height, width),
                            TILES,
                            function -> tiles[width][height] = function);
                }
                shapes[rows] = Arena.ofAuto()
                        .allocate(ALIGNMENT, ALIGNMENT)
                        .copyFrom(MemorySegment.ofArray(AmxBlockCode.shapes(rows)));
            }
        }
    }

    @Override
    public BlockLoops.Shape shape() {
        return tiles == null ? VECTORS : TILES_SHAPE;
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
        long panelBytes = panels.panelBytes();
        int most = tiles == null ? VnniBlockCode.MOST_ROWS : AmxBlockCode.MOST_ROWS;
        // As many calls as needed, of about as many rows each.
        int step = Math.ceilDiv(rows, Math.ceilDiv(rows, most));
        boolean tiled = tiles != null && rows >= FEWEST_TILE_ROWS;
        int group = !tiled && rows <= most ? count : Math.clamp(GROUP / panelBytes, 1, count);
        for (int done = 0; done < count; done += group) {
            int some = Math.min(group, count - done);
            MemorySegment weights = w.asSlice((first + done) * panelBytes, some * panelBytes);
            int to = at + done * LANES;
            if (tiled) {
                tiles(panels, weights, some, x, rows, y, to, stride);
            } else {
                vectors(panels, weights, some, x, rows, step, y, to, stride);
            }
        }
    }

    private void vectors(
            BlockPanels panels,
            MemorySegment w,
            int count,
            MemorySegment x,
            int rows,
            int step,
            float[] y,
            int at,
            int stride)
            throws Throwable {
        long rowBytes = BlockRows.rowBytes(panels.inputs());
        MethodHandle[] byRows = vectors[panels.type().ordinal()];
        for (int t = 0; t < rows; t += step) {
            int height = Math.min(step, rows - t);
            byRows[height - 1].invokeExact(
                    w,
                    x.asSlice(t * rowBytes, height * rowBytes),
                    BlockProducts.target(y, at + t * stride, stride, height, count * LANES),
                    (long) panels.blocks(),
                    rowBytes,
                    4L * stride,
                    (long) count,
                    panels.scaleBytes());
        }
    }

    private void tiles(
            BlockPanels panels, MemorySegment w, int count, MemorySegment x, int rows, float[] y, int at, int stride)
            throws Throwable {
        long rowBytes = BlockRows.rowBytes(panels.inputs());
        long blocks = panels.blocks();
        boolean bytes = panels.type() == BlockType.Q8_0;
        MemorySegment codes = bytes ? w.asSlice(panels.scaleBytes()) : widened(panels, w, count);
        long codeStride = bytes ? panels.panelBytes() : blocks * AmxBlockCode.BLOCK_BYTES;
        for (int t = 0; t < rows; t += AmxBlockCode.MOST_ROWS) {
            int height = Math.min(AmxBlockCode.MOST_ROWS, rows - t);
            MemorySegment some = x.asSlice(t * rowBytes, height * rowBytes);
            if (height < FEWEST_TILE_ROWS) {
                vectors(panels, w, count, some, height, height, y, at + t * stride, stride);
                continue;
            }
            int panel = 0;
            for (int width = AmxBlockCode.MOST_PANELS; width > 0; width--) {
                int turns = (count - panel) / width;
                if (turns > 0) {
                    tiles[width][height].invokeExact(
                            w.asSlice(panel * panels.panelBytes()),
                            some,
                            BlockProducts.target(
                                    y, at + t * stride + panel * LANES, stride, height, turns * width * LANES),
                            blocks,
                            rowBytes,
                            4L * stride,
                            codes.asSlice(panel * codeStride),
                            (long) turns,
                            panels.panelBytes(),
                            codeStride,
                            shapes[height]);
                    panel += turns * width;
                }
            }
        }
    }

    private MemorySegment widened(BlockPanels panels, MemorySegment w, int count) throws Throwable {
        long blocks = panels.blocks();
        long panelBytes = blocks * AmxBlockCode.BLOCK_BYTES;
        MemorySegment target = widened.get();
        if (target.byteSize() < count * panelBytes) {
            target = Arena.ofAuto().allocate(count * panelBytes, ALIGNMENT);
            widened.set(target);
        }
        for (int panel = 0; panel < count; panel++) {
            widen.invokeExact(
                    w.asSlice(panel * panels.panelBytes() + panels.scaleBytes()),
                    target.asSlice(panel * panelBytes, panelBytes),
                    blocks);
        }
        return target;
    }
}
