package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.candor.api.compute.Activation;
import org.candor.compute.cpu.internal.CpuTensor;
import org.candor.compute.cpu.internal.InnerLoops;
import org.candor.compute.cpu.internal.VectorLoops;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loops in machine code that is written when this is made: at full speed from the first call on, where the Vector API
 * needs seconds until it is compiled. It also is faster for good: on AVX2 C2 spills some of twelve sums in sixteen registers,
 * on AVX-512 it repeats numbers of A from register to register, which occupies one of Intel's multipliers. What is not emitted goes to the Vector API; both give the same bits. Thread safe.
 */
public final class EmittedLoops implements InnerLoops {

    private static final Logger LOG = LoggerFactory.getLogger(EmittedLoops.class);
    private static final MemoryLayout P = ValueLayout.ADDRESS;
    private static final MemoryLayout N = ValueLayout.JAVA_LONG;
    private static final FunctionDescriptor FINISH = FunctionDescriptor.ofVoid(P, N, P, N, N, P);
    private static final FunctionDescriptor POWERS =
            FunctionDescriptor.ofVoid(P, N, N, N, P, P, P, ValueLayout.JAVA_FLOAT);

    private static final FunctionDescriptor NORM =
            FunctionDescriptor.ofVoid(P, N, P, N, P, N, N, N, P, P, P, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_DOUBLE);
    private static final FunctionDescriptor TRANSPOSE = FunctionDescriptor.ofVoid(P, N, P, N, N);

    private final VectorLoops rest = new VectorLoops();
    private final Tiles tiles;
    /** Numbers in a vector. */
    private final int lanes;

    private final MethodHandle addBias;
    private final MethodHandle addBiasGelu;
    private final MethodHandle gelu;
    private final MethodHandle powers;
    private final MethodHandle norm;
    private final MethodHandle normOfSum;
    private final MethodHandle[] transpose;
    private final MemorySegment constants;
    /**
     * On 256 bits eight integers with all bits set, then eight zeros: a mask of n numbers starts at the (8 - n)th. On 512
     * the mask of n numbers is the nth integer.
     */
    private final MemorySegment masks;

    private EmittedLoops(int lanes, boolean ahead) {
        this.lanes = lanes;
        int mostVectors = TileCode.mostVectors(lanes);
        Assembler code = new Assembler(lanes);
        tiles = new Tiles(code, ahead);
        transpose = new MethodHandle[mostVectors];
        RowCode.Constants table = new RowCode.Constants(lanes);
        RowCode rows = new RowCode(code, table);
        int addBiasAt = rows.finish(true, false);
        int addBiasGeluAt = rows.finish(true, true);
        int geluAt = rows.finish(false, true);
        int powersAt = rows.powers();
        int normAt = rows.norm(false);
        int normOfSumAt = rows.norm(true);
        int[] transposeAt = new int[mostVectors];
        for (int vectors = 1; vectors <= mostVectors; vectors *= 2) {
            transposeAt[vectors - 1] = rows.transpose(vectors);
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug("{}:\n{}", description(), String.join("\n", code.listing()));
        }
        // The collector gives the memory back once no handle leads there any more: not while a call runs.
        Arena arena = Arena.ofAuto();
        MachineCode machine = new MachineCode(code.code(), arena);
        tiles.link(machine);
        for (int vectors = 1; vectors <= mostVectors; vectors *= 2) {
            transpose[vectors - 1] = machine.function(transposeAt[vectors - 1], TRANSPOSE);
        }
        addBias = machine.function(addBiasAt, FINISH);
        addBiasGelu = machine.function(addBiasGeluAt, FINISH);
        gelu = machine.function(geluAt, FINISH);
        powers = machine.function(powersAt, POWERS);
        norm = machine.function(normAt, NORM);
        normOfSum = machine.function(normOfSumAt, NORM);
        constants = copy(table.table(), arena);
        int[] mask = new int[2 * lanes];
        if (lanes == 16) {
            for (int n = 0; n < lanes; n++) {
                mask[n] = (1 << n) - 1;
            }
        } else {
            Arrays.fill(mask, 0, lanes, -1);
        }
        masks = copy(mask, arena);
    }

    private static MemorySegment copy(int[] values, Arena arena) {
        MemorySegment memory = arena.allocate(4L * values.length, 64);
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_INT, 0, values.length);
        return memory;
    }

    /**
     * Why nothing can be emitted here, or null when it can.
     *
     * @param lanes numbers in one vector of the panels
     */
    public static String obstacle(int lanes) {
        String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (!system.equals("Linux on amd64")) {
            return "there is no emitter for " + system;
        }
        if (lanes != 8 && lanes != 16) {
            return "there is no emitter for " + 32 * lanes + " bits";
        }
        try {
            Processor processor = Processor.detect();
            if (lanes == 16) {
                return processor.avx512() ? null : "the processor has no AVX-512 F and DQ";
            }
            return processor.avx2() ? null : "the processor has no AVX2 with FMA and F16C";
        } catch (IllegalStateException | IllegalCallerException e) {
            return e.getMessage();
        }
    }

    /**
     * Writes the code; only where {@link #obstacle} is null.
     *
     * @param lanes numbers in one vector of the panels
     * @throws IllegalStateException when the system allows no executable memory
     */
    public static EmittedLoops open(int lanes) {
        return new EmittedLoops(lanes, Processor.detect().intel());
    }

    @Override
    public String description() {
        return lanes == 16 ? "emitted for AVX-512" : "emitted for AVX2";
    }

    @Override
    public void multiply(
            int vectors,
            int panels,
            float[] a,
            int aAt,
            int aStride,
            MemorySegment b,
            long bAt,
            float[] c,
            int cAt,
            int cStride,
            int rows,
            int depth,
            boolean add) {
        int width = vectors * lanes;
        MemorySegment from = rows(a, aAt, aStride, rows, depth);
        MemorySegment panel = b.asSlice(bAt, 4L * panels * depth * width);
        MemorySegment to = rows(c, cAt, cStride, rows, panels * width);
        try {
            tiles.multiply(vectors, panels, from, aStride, panel, to, cStride, rows, depth, add);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    @Override
    public void finish(
            Activation activation, float[] bias, int biasAt, float[] x, int at, int stride, int rows, int columns) {
        MethodHandle function =
                switch (activation) {
                    case GELU_ERF -> bias == null ? gelu : addBiasGelu;
                    case IDENTITY -> bias == null ? null : addBias;
                    default -> null;
                };
        if (function == null || columns % lanes != 0) {
            rest.finish(activation, bias, biasAt, x, at, stride, rows, columns);
            return;
        }
        MemorySegment added = bias == null ? constants : rows(bias, biasAt, 0, 1, columns);
        try {
            function.invokeExact(
                    rows(x, at, stride, rows, columns),
                    4L * stride,
                    added,
                    (long) rows,
                    (long) (columns / lanes),
                    constants);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    @Override
    public void powers(float[] x, int at, int stride, int rows, int columns, float scale, float[] sums) {
        int left = columns % lanes;
        MemorySegment mask = left == 0 ? MemorySegment.NULL : mask(left);
        try {
            powers.invokeExact(
                    rows(x, at, stride, rows, columns),
                    4L * stride,
                    (long) rows,
                    (long) (columns / lanes),
                    mask,
                    rows(sums, 0, 1, rows, 1),
                    constants,
                    scale);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private MemorySegment mask(int numbers) {
        return lanes == 16 ? masks.asSlice(4L * numbers, 4) : masks.asSlice(4L * (lanes - numbers), 4L * lanes);
    }

    @Override
    public void norm(
            CpuTensor x,
            CpuTensor residual,
            CpuTensor gamma,
            CpuTensor beta,
            float epsilon,
            CpuTensor y,
            int from,
            int to) {
        int columns = x.columns();
        if (columns % lanes != 0) {
            rest.norm(x, residual, gamma, beta, epsilon, y, from, to);
            return;
        }
        MemorySegment added = residual == null ? constants : rows(residual, from, to);
        long addedStride = residual == null ? 0 : 4L * residual.rowStride();
        try {
            (residual == null ? norm : normOfSum)
                    .invokeExact(
                            rows(x, from, to),
                            4L * x.rowStride(),
                            added,
                            addedStride,
                            rows(y, from, to),
                            4L * y.rowStride(),
                            (long) (to - from),
                            (long) (columns / lanes),
                            rows(gamma, 0, 1),
                            rows(beta, 0, 1),
                            constants,
                            (float) columns,
                            (double) epsilon);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    @Override
    public void transpose(
            int vectors, int panels, float[] k, int at, int stride, int depth, MemorySegment b, long bAt) {
        if (depth % lanes != 0) {
            rest.transpose(vectors, panels, k, at, stride, depth, b, bAt);
            return;
        }
        int columns = panels * vectors * lanes;
        try {
            transpose[vectors - 1].invokeExact(
                    rows(k, at, stride, columns, depth),
                    4L * stride,
                    b.asSlice(bAt, 4L * columns * depth),
                    (long) (depth / lanes),
                    (long) panels);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static MemorySegment rows(CpuTensor x, int from, int to) {
        return rows(x.floats(), x.at(from), x.rowStride(), to - from, x.columns());
    }

    /** The code checks nothing: what lies outside of an array fails here. */
    private static MemorySegment rows(float[] x, int at, int stride, int rows, int columns) {
        return MemorySegment.ofArray(x).asSlice(4L * at, 4L * ((rows - 1L) * stride + columns));
    }

    private static RuntimeException failed(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
}
