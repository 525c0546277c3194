package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Asks Linux to let this process use AMX's tiles, whose state is large: without it the first instruction ends the process
 * (Linux, Documentation/arch/x86/xstate.rst). It holds for all threads and cannot be given back.
 */
final class TilePermission {

    private static final long ARCH_PRCTL = 158;
    private static final long REQUEST = 0x1023;
    private static final long TILE_DATA = 18;

    private TilePermission() {}

    /** Asks; only where the processor has tiles. */
    static boolean granted() {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor descriptor = FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
        MethodHandle call = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"), descriptor, Linker.Option.firstVariadicArg(1));
        try {
            return (long) call.invokeExact(ARCH_PRCTL, REQUEST, TILE_DATA) == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("arch_prctl", e);
        }
    }
}
