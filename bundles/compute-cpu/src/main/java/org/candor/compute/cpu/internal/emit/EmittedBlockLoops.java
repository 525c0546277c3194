package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
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
    private static final FunctionDescriptor WIDEN = FunctionDescriptor.ofVoid(P, P, N);
    private static final FunctionDescriptor ROW = FunctionDescriptor.ofVoid(P, P, P, N);
    /** Vectors of columns that panels have; the exponent of 2 is the index of their function. */
    private static final int MOST_VECTORS = 8;

    private static final FunctionDescriptor ROUND = FunctionDescriptor.ofVoid(P, P, N);
    private static final int LANES = 8;

    private final VectorBlockLoops rest = new VectorBlockLoops();
    private final Instructions instructions;
    private final BlockProducts products;
    private MethodHandle widenHalf;
    private MethodHandle widenBfloat;
    private MethodHandle round;
    private final MethodHandle[] halfRows = new MethodHandle[Integer.numberOfTrailingZeros(MOST_VECTORS) + 1];
    private final MethodHandle[] bfloatRows = new MethodHandle[halfRows.length];

    /** What products with blocks are made of, the slowest first. */
    public enum Instructions {
        AVX2("AVX2"),
        VNNI("AVX-512 VNNI"),
        AMX("AVX-512 VNNI and AMX");

        private final String title;

        Instructions(String title) {
            this.title = title;
        }
    }

    private EmittedBlockLoops(Instructions instructions) {
        this.instructions = instructions;
        CodeBook book = new CodeBook(LANES);
        book.add(code -> HalfCode.widen(code, true), WIDEN, function -> widenHalf = function);
        book.add(code -> HalfCode.widen(code, false), WIDEN, function -> widenBfloat = function);
        book.add(RoundCode::write, ROUND, function -> round = function);
        for (int i = 0; i < halfRows.length; i++) {
            int index = i;
            book.add(code -> HalfCode.row(code, true, 1 << index), ROW, function -> halfRows[index] = function);
            book.add(code -> HalfCode.row(code, false, 1 << index), ROW, function -> bfloatRows[index] = function);
        }
        CodeBook wide = new CodeBook(BlockPanels.WIDE_ROWS);
        products = instructions == Instructions.AVX2
                ? new NarrowProducts(book)
                : new WideProducts(wide, instructions == Instructions.AMX);
        for (CodeBook some : List.of(book, wide)) {
            if (LOG.isDebugEnabled()) {
                LOG.debug("{}:\n{}", description(), String.join("\n", some.listing()));
            }
            some.open();
        }
    }

    /** Why nothing can be emitted here, or null when it can. */
    public static String obstacle() {
        return EmittedLoops.obstacle(LANES);
    }

    /** What can be emitted here, the slowest first; empty where {@link #obstacle} is not null. */
    public static List<Instructions> available() {
        List<Instructions> available = new ArrayList<>();
        if (obstacle() == null) {
            Processor processor = Processor.detect();
            available.add(Instructions.AVX2);
            if (processor.vnni()) {
                available.add(Instructions.VNNI);
                if (processor.amx() && TilePermission.granted()) {
                    available.add(Instructions.AMX);
                }
            }
        }
        return available;
    }

    /**
     * Writes the code.
     *
     * @param instructions one of {@link #available}
     * @throws IllegalStateException when the system allows no executable memory
     */
    public static EmittedBlockLoops open(Instructions instructions) {
        return new EmittedBlockLoops(instructions);
    }

    @Override
    public String description() {
        return "blocks emitted for " + instructions.title;
    }

    @Override
    public Shape shape() {
        return products.shape();
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
        try {
            products.multiply(panels, w, first, count, x, rows, y, at, stride);
        } catch (Throwable e) {
            throw failed(e);
        }
    }
}
