package org.candor.compute.cpu.internal;

import org.candor.api.compute.Backend;
import org.candor.api.compute.BackendContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The vector tier passes the contract at the width that the JVM prefers. */
class VectorBackendTest extends BackendContract {

    private static CpuBackend backend;

    @BeforeAll
    static void open() {
        backend = new CpuBackend(
                3, 20, new KernelTier.Choice(new VectorKernels(new VectorLoops(), new VectorBlockLoops()), null));
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    @Override
    public Backend backend() {
        return backend;
    }
}
