package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.BlockLoops;
import org.candor.compute.cpu.internal.BlockPanels;
import org.candor.compute.cpu.internal.BlockRows;
import org.candor.compute.cpu.internal.VectorBlockLoops;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Products with blocks in machine code, which multiplies bytes as the Vector API cannot, and the rounding of rows for them.
 * Thread safe.
 */
public final class EmittedBlockLoops implements BlockLoops {

    private static final Logger LOG = LoggerFactory.getLogger(EmittedBlockLoops.class);
    private static final MemoryLayout P = ValueLayout.ADDRESS;
    private static final MemoryLayout N = ValueLayout.JAVA_LONG;
    private static final FunctionDescriptor BLOCKS = FunctionDescriptor.ofVoid(P, P, P, N, N, N, N, N);
    private static final FunctionDescriptor WIDEN = FunctionDescriptor.ofVoid(P, P, N);
    private static final FunctionDescriptor ROW = FunctionDescriptor.ofVoid(P, P, P, N);
    /** Vectors of columns that panels have; the exponent of 2 is the index of their function. */
    private static final int MOST_VECTORS = 8;

    private static final FunctionDescriptor ROUND = FunctionDescriptor.ofVoid(P, P, N);
    private static final int LANES = 8;

    /** Bytes of panels that rows of x meet one after the other while the panels stay in the second-level cache. */
    private static final long GROUP = 128 * 1024;

    private final VectorBlockLoops rest = new VectorBlockLoops();
    private final MethodHandle[][] functions = new MethodHandle[BlockType.values().length][BlockCode.MOST_ROWS];

    private final MethodHandle widenHalf;
    private final MethodHandle widenBfloat;
    private final MethodHandle round;
    private final MethodHandle[] halfRows;
    private final MethodHandle[] bfloatRows;

    private EmittedBlockLoops() {
        Assembler code = new Assembler(LANES);
        int[][] offsets = new int[functions.length][BlockCode.MOST_ROWS];
        for (BlockType type : BlockType.values()) {
            for (int rows = 1; rows <= BlockCode.MOST_ROWS; rows++) {
                offsets[type.ordinal()][rows - 1] = BlockCode.write(code, type, rows);
            }
        }
        int widenHalfAt = HalfCode.widen(code, true);
        int widenBfloatAt = HalfCode.widen(code, false);
        int roundAt = RoundCode.write(code);
        int[] halfRowsAt = rows(code, true);
        int[] bfloatRowsAt = rows(code, false);
        if (LOG.isDebugEnabled()) {
            LOG.debug("{}:\n{}", description(), String.join("\n", code.listing()));
        }
        MachineCode machine = new MachineCode(code.code(), Arena.ofAuto());
        widenHalf = machine.function(widenHalfAt, WIDEN);
        widenBfloat = machine.function(widenBfloatAt, WIDEN);
        round = machine.function(roundAt, ROUND);
        halfRows = rows(machine, halfRowsAt);
        bfloatRows = rows(machine, bfloatRowsAt);
        for (int type = 0; type < offsets.length; type++) {
            for (int rows = 0; rows < BlockCode.MOST_ROWS; rows++) {
                functions[type][rows] = machine.function(offsets[type][rows], BLOCKS);
            }
        }
    }

    private static int[] rows(Assembler code, boolean half) {
        return IntStream.iterate(1, vectors -> vectors <= MOST_VECTORS, vectors -> 2 * vectors)
                .map(vectors -> HalfCode.row(code, half, vectors))
                .toArray();
    }

    private static MethodHandle[] rows(MachineCode machine, int[] offsets) {
        return Arrays.stream(offsets)
                .mapToObj(offset -> machine.function(offset, ROW))
                .toArray(MethodHandle[]::new);
    }

    /** Why nothing can be emitted here, or null when it can. */
    public static String obstacle() {
        return EmittedLoops.obstacle(LANES);
    }

    /**
     * Writes the code; only where {@link #obstacle} is null.
     *
     * @throws IllegalStateException when the system allows no executable memory
     */
    public static EmittedBlockLoops open() {
        return new EmittedBlockLoops();
    }

    @Override
    public String description() {
        return "blocks emitted for AVX2";
    }

    @Override
    public void widen(WeightType type, MemorySegment source, long first, long count, MemorySegment target) {
        if (count % LANES != 0 || count == 0) {
            rest.widen(type, source, first, count, target);
            return;
        }
        try {
            (type == WeightType.F16 ? widenHalf : widenBfloat)
                    .invokeExact(
                            source.asSlice(Short.BYTES * first, Short.BYTES * count),
                            target.asSlice(0, Float.BYTES * count),
                            count / LANES);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    @Override
    public boolean multiplyRow(
            WeightType type,
            MemorySegment w,
            long first,
            int width,
            int depth,
            float[] x,
            int xAt,
            float[] y,
            int yAt) {
        int vectors = width / LANES;
        if (width % LANES != 0 || Integer.bitCount(vectors) != 1 || vectors > MOST_VECTORS || depth == 0) {
            return false;
        }
        MethodHandle[] byWidth = type == WeightType.F16 ? halfRows : bfloatRows;
        try {
            byWidth[Integer.numberOfTrailingZeros(vectors)].invokeExact(
                    w.asSlice(Short.BYTES * first, (long) Short.BYTES * depth * width),
                    MemorySegment.ofArray(x).asSlice(4L * xAt, 4L * depth),
                    MemorySegment.ofArray(y).asSlice(4L * yAt, 4L * width),
                    (long) depth);
        } catch (Throwable e) {
            throw failed(e);
        }
        return true;
    }

    private static RuntimeException failed(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }

    @Override
    public void round(float[] x, int at, int inputs, MemorySegment target, long to) {
        long blocks = inputs / BlockType.VALUES;
        if (blocks > 0) {
            try {
                round.invokeExact(
                        MemorySegment.ofArray(x).asSlice(4L * at, 4L * BlockType.VALUES * blocks),
                        target.asSlice(to, blocks * BlockRows.BYTES),
                        blocks);
            } catch (Throwable e) {
                throw failed(e);
            }
        }
        int done = (int) blocks * BlockType.VALUES;
        if (done < inputs) {
            rest.round(x, at + done, inputs - done, target, to + blocks * BlockRows.BYTES);
        }
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
        long panelBytes = panels.panelBytes();
        int group = rows <= BlockCode.MOST_ROWS ? count : Math.clamp(GROUP / panelBytes, 1, count);
        MethodHandle[] byRows = functions[panels.type().ordinal()];
        try {
            for (int done = 0; done < count; done += group) {
                int some = Math.min(group, count - done);
                MemorySegment weights = w.asSlice((first + done) * panelBytes, some * panelBytes);
                for (int t = 0; t < rows; t += BlockCode.MOST_ROWS) {
                    int height = Math.min(BlockCode.MOST_ROWS, rows - t);
                    byRows[height - 1].invokeExact(
                            weights,
                            x.asSlice(t * rowBytes, height * rowBytes),
                            target(y, at + t * stride + done * LANES, stride, height, some * LANES),
                            (long) panels.blocks(),
                            rowBytes,
                            4L * stride,
                            (long) some,
                            panels.scaleBytes());
                }
            }
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** The code checks nothing: what lies outside of an array fails here. */
    private static MemorySegment target(float[] y, int at, int stride, int rows, int columns) {
        return MemorySegment.ofArray(y).asSlice(4L * at, 4L * ((rows - 1L) * stride + columns));
    }
}
