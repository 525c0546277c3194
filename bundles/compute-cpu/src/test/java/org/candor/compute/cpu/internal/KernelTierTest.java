package org.candor.compute.cpu.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTierTest {

    @Test
    void theVectorTierServesWhereTheModuleIsPresent() {
        KernelTier.Choice choice = KernelTier.choose(true);
        assertInstanceOf(VectorKernels.class, choice.kernels());
        assertNull(choice.reason());
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "layerNorm", "attention", "activate", "add", "softmax", "mean", "normalize"})
    void aKernelThatDoesNothingFailsItsKnownAnswer(String broken) {
        Kernels kernels = without(broken, Kernels.class, new VectorKernels(new VectorLoops(), new VectorBlockLoops()));
        assertThrows(ArithmeticException.class, () -> KnownAnswers.check(kernels));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rmsNorm", "rope", "cachedAttention", "multiply", "scale"})
    void aDecodersKernelThatDoesNothingFailsItsKnownAnswer(String broken) {
        VectorKernels vector = new VectorKernels(new VectorLoops(), new VectorBlockLoops());
        DecoderKernels decoder = without(broken, DecoderKernels.class, vector.decoder());
        Kernels kernels = (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(),
                new Class<?>[] {Kernels.class},
                (proxy, method, arguments) ->
                        method.getName().equals("decoder") ? decoder : method.invoke(vector, arguments));
        ArithmeticException e = assertThrows(ArithmeticException.class, () -> KnownAnswers.check(kernels));
        assertTrue(e.getMessage().replace(" ", "").toLowerCase().contains(broken.toLowerCase()), e.getMessage());
    }

    /** Kernels of which one does nothing. */
    private static <K> K without(String broken, Class<K> type, K kernels) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals(broken)) {
                        return null;
                    }
                    try {
                        return method.invoke(kernels, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void aBackendSaysItsTierAndThreadsAndTakesItsThreadsAlong() {
        try (CpuBackend backend = CpuBackend.open(3)) {
            assertEquals("cpu", backend.name());
            assertTrue(backend.description().contains("3 threads"), backend.description());
            assertTrue(backend.description().contains("vector"), backend.description());
            assertEquals(2, workers().size());
        }
        assertEquals(Set.of(), workers());
    }

    private static Set<Thread> workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("candor-compute-"))
                .collect(Collectors.toSet());
    }
}
