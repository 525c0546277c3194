package org.candor.compute.cpu.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.candor.api.compute.ElementType;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Runs in a Java machine without the vector module, which the build starts for it. */
class MissingModuleTest {

    @Test
    void withoutTheVectorModuleTheScalarTierServesAndSaysWhy() {
        Assumptions.assumeTrue(
                ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty(), "the vector module is present");
        KernelTier.Choice choice = KernelTier.choose(true);
        assertInstanceOf(ScalarKernels.class, choice.kernels());
        assertTrue(choice.reason().contains("--add-modules=jdk.incubator.vector"), choice.reason());
        try (CpuBackend backend = CpuBackend.open(2);
                Ops ops = backend.ops();
                Tensor x = backend.allocate(ElementType.F32, 1, 3)) {
            assertTrue(backend.description().contains("scalar"), backend.description());
            assertTrue(backend.description().contains("--add-modules=jdk.incubator.vector"), backend.description());
            ops.upload(new float[] {1, 2, 3}, 0, x);
            ops.add(x, x, x);
            float[] sum = new float[3];
            ops.read(x, sum, 0);
            assertArrayEquals(new float[] {2, 4, 6}, sum);
        }
    }
}
