package org.candor.compute.cpu.internal;

import org.candor.api.compute.Backend;
import org.candor.api.compute.BackendContract;
import org.candor.compute.cpu.internal.emit.EmittedBlockLoops;
import org.candor.compute.cpu.internal.emit.EmittedLoops;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** The emitted loops pass the contract where there is an emitter. */
class EmittedBackendTest extends BackendContract {

    private static CpuBackend backend;

    @BeforeAll
    static void open() {
        String obstacle = EmittedLoops.obstacle(VectorRows.LANES);
        Assumptions.assumeTrue(obstacle == null, () -> "nothing is emitted here: " + obstacle);
        backend = new CpuBackend(
                3,
                20,
                new KernelTier.Choice(
                        new VectorKernels(
                                EmittedLoops.open(VectorRows.LANES),
                                EmittedBlockLoops.open(
                                        EmittedBlockLoops.available().getLast())),
                        null));
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    @Override
    public Backend backend() {
        return backend;
    }
}
