package org.candor.compute.cpu.internal.emit;

import static org.candor.compute.cpu.internal.emit.Assembler.Register.RCX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDI;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RSI;

import org.candor.compute.cpu.internal.emit.Assembler.Address;

/** What is done with weights of 16 bits, binary16 or else bfloat16, in AVX2. */
final class HalfCode {

    private static final int VECTOR_BYTES = 32;
    private static final int WIDE = 15;
    private static final int X = 14;

    private HalfCode() {}

    /**
     * Writes {@code void widen(void* from, float* to, long eights)}, which makes numbers of 16 bits wide, at least eight, and
     * returns its offset.
     *
     * @param half binary16, or else bfloat16
     */
    static int widen(Assembler code, boolean half) {
        code.align(64);
        int offset = code.here();
        load(code, half, Address.of(RDI, 0));
        code.store(Address.of(RSI, 0), WIDE);
        code.add(RDI, VECTOR_BYTES / 2);
        code.add(RSI, VECTOR_BYTES);
        code.sub(RDX, 1);
        code.jnz(offset);
        code.zeroUpper();
        code.ret();
        return offset;
    }

    /**
     * Writes {@code void row(void* panel, float* x, float* y, long depth)}, the product of one row of x with a panel of so many
     * vectors of columns, and returns its offset. What limits it: the four cycles between two additions to one sum, in which two
     * vectors' worth of columns take 32 bytes of weights; that is more than memory gives a core.
     *
     * @param half binary16, or else bfloat16
     * @param vectors of eight columns, 1 to 8
     */
    static int row(Assembler code, boolean half, int vectors) {
        code.align(64);
        int offset = code.here();
        for (int i = 0; i < vectors; i++) {
            code.zero(i);
        }
        code.align(32);
        int next = code.here();
        code.broadcast(X, Address.of(RSI, 0));
        for (int i = 0; i < vectors; i++) {
            load(code, half, Address.of(RDI, i * VECTOR_BYTES / 2));
            code.fma(i, X, WIDE);
        }
        code.add(RSI, Float.BYTES);
        code.add(RDI, vectors * VECTOR_BYTES / 2);
        code.sub(RCX, 1);
        code.jnz(next);
        for (int i = 0; i < vectors; i++) {
            code.store(Address.of(RDX, i * VECTOR_BYTES), i);
        }
        code.zeroUpper();
        code.ret();
        return offset;
    }

    private static void load(Assembler code, boolean half, Address from) {
        if (half) {
            code.widenHalf(WIDE, from);
        } else {
            code.widenShort(WIDE, from);
            code.shiftLeft(WIDE, WIDE, 16);
        }
    }
}
