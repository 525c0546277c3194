package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Code in memory of its own, which is writable while it is copied there and executable afterwards, never both. It stays
 * as long as its arena. Linux on x86-64.
 */
final class MachineCode {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final long PAGE = 4096;
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int PRIVATE_ANONYMOUS = 0x22;

    private final MemorySegment memory;

    /**
     * @param arena whose end gives the memory back
     * @throws IllegalStateException when the system allows no such memory
     */
    MachineCode(byte[] code, Arena arena) {
        try {
            MethodHandle map = system(
                    "mmap",
                    FunctionDescriptor.of(
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG));
            MethodHandle protect = system(
                    "mprotect",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
            MethodHandle unmap = system(
                    "munmap", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
            long size = Math.ceilDiv(code.length, PAGE) * PAGE;
            MemorySegment mapped =
                    (MemorySegment) map.invoke(MemorySegment.NULL, size, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L);
            if (mapped.address() == -1) {
                throw new IllegalStateException("the system gives no memory for code");
            }
            memory = mapped.reinterpret(size, arena, segment -> {
                try {
                    int done = (int) unmap.invoke(segment, size);
                    assert done == 0;
                } catch (Throwable e) {
                    throw new IllegalStateException("munmap", e);
                }
            });
            MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, 0, code.length);
            if ((int) protect.invoke(memory, size, READ | EXECUTE) != 0) {
                throw new IllegalStateException("the system forbids to make memory executable");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle system(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }

    /**
     * The function at an offset. It may take arrays on the heap, which stay where they are meanwhile; so it has to be
     * short, since the collector waits for it.
     */
    MethodHandle function(int offset, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(memory.asSlice(offset), descriptor, Linker.Option.critical(true));
    }
}
