package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** Functions that are written one after the other and become executable together. Used by one thread. */
final class CodeBook {

    private record Function(int offset, FunctionDescriptor descriptor, Consumer<MethodHandle> user) {}

    private final Assembler code;
    private final List<Function> functions = new ArrayList<>();

    /** @param lanes numbers in a vector: 8 or 16 */
    CodeBook(int lanes) {
        code = new Assembler(lanes);
    }

    /**
     * Writes a function.
     *
     * @param writer writes it and returns its offset
     * @param user gets it from {@link #open}
     */
    void add(ToIntFunction<Assembler> writer, FunctionDescriptor descriptor, Consumer<MethodHandle> user) {
        functions.add(new Function(writer.applyAsInt(code), descriptor, user));
    }

    /** The instructions so far. */
    List<String> listing() {
        return code.listing();
    }

    /**
     * Makes all that was written executable.
     *
     * @throws IllegalStateException when the system allows no such memory
     */
    void open() {
        if (functions.isEmpty()) {
            return;
        }
        MachineCode machine = new MachineCode(code.code(), Arena.ofAuto());
        functions.forEach(f -> f.user.accept(machine.function(f.offset, f.descriptor)));
    }
}
