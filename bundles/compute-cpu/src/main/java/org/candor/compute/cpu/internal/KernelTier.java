package org.candor.compute.cpu.internal;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.candor.compute.cpu.internal.emit.EmittedBlockLoops;
import org.candor.compute.cpu.internal.emit.EmittedLoops;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the fastest kernels that this Java machine runs correctly. */
final class KernelTier {

    private static final Logger LOG = LoggerFactory.getLogger(KernelTier.class);

    /**
     * The choice, and why it is not a faster one.
     *
     * @param kernels checked against the scalar reference
     * @param reason why the vector kernels do not serve, or null when they do
     */
    record Choice(Kernels kernels, String reason) {}

    private KernelTier() {}

    /** @param emit whether machine code may be written */
    static Choice choose(boolean emit) {
        try {
            String missing = Vectors.tooSmall();
            if (missing != null) {
                return new Choice(new ScalarKernels(), missing);
            }
            return new Choice(Vectors.fastest(emit), null);
        } catch (LinkageError e) {
            return new Choice(
                    new ScalarKernels(),
                    "the module jdk.incubator.vector is missing (start Java with --add-modules=jdk.incubator.vector)");
        } catch (RuntimeException e) {
            return new Choice(new ScalarKernels(), "the vector kernels failed their check: " + e.getMessage());
        }
    }

    /** Apart, so that the vector module is looked for only when this is called. */
    private static final class Vectors {

        private static final List<EmittedBlockLoops.Instructions> NONE = List.of();

        private static Kernels fastest(boolean emit) {
            String obstacle = emit ? EmittedLoops.obstacle(VectorRows.LANES) : "it is switched off";
            for (EmittedBlockLoops.Instructions some :
                    obstacle == null ? EmittedBlockLoops.available().reversed() : NONE) {
                try {
                    InnerLoops loops = EmittedLoops.open(VectorRows.LANES);
                    return checked(new VectorKernels(loops, EmittedBlockLoops.open(some)));
                } catch (RuntimeException e) {
                    obstacle = e.getMessage();
                    LOG.warn("Machine code for {} is not used: {}", some, obstacle);
                }
            }
            return checked(new VectorKernels(new VectorLoops(obstacle), new VectorBlockLoops(obstacle)));
        }

        private static Kernels checked(Kernels kernels) {
            KnownAnswers.check(kernels);
            return kernels;
        }

        private static String tooSmall() {
            boolean x86 = System.getProperty("os.arch").matches("amd64|x86_64|x86");
            int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
            // Without AVX2 there is no fused multiply-add, and emulating it is slower than the scalar kernels.
            return x86 && bits < 256 && !hasFusedMultiplyAdd() ? "the processor has no fused multiply-add" : null;
        }

        /** An emulated one takes microseconds each, a real one about a nanosecond. */
        private static boolean hasFusedMultiplyAdd() {
            float sum = 1;
            for (int round = 0; round < 20; round++) {
                long begin = System.nanoTime();
                for (int i = 0; i < 2_000; i++) {
                    sum = Math.fma(sum, 0.999f, 0.001f);
                }
                if (System.nanoTime() - begin < 200_000 && sum > 0) {
                    return true;
                }
            }
            return false;
        }
    }
}
