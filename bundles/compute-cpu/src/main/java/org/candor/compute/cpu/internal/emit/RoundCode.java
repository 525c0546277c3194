package org.candor.compute.cpu.internal.emit;

import static org.candor.compute.cpu.internal.emit.Assembler.Register.RAX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDI;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RSI;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RSP;

import org.candor.api.compute.BlockType;
import org.candor.compute.cpu.internal.BlockRows;
import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Arithmetic;
import org.candor.compute.cpu.internal.emit.IntegerInstructions.Integers;

/**
 * Rounds whole blocks of a row as {@link BlockRows} says, in AVX2. The function it writes is
 *
 * <pre>void round(float* x, void* target, long blocks)</pre>
 *
 * with at least one block. Why it is emitted: on the Vector API it took a sixth of the time in which a prompt is read, most of it
 * in calls that the compiler did not put into the loop. What limits it was not looked into: a profile does not show it any more.
 */
final class RoundCode {

    private static final int VECTOR_BYTES = 32;
    private static final int VECTORS = BlockType.VALUES * Float.BYTES / VECTOR_BYTES;

    /** All bits but the sign. */
    private static final int SIZE = 15;

    private static final int MOST = 14;
    private static final int LEAST = 13;
    private static final int ONE = 12;
    private static final int ZERO = 11;
    private static final int SCALE = 10;
    private static final int INVERSE = 9;
    private static final int FOLDED = 8;
    private static final int SCRATCH = 7;
    private static final int OTHER = 6;

    private final Assembler code;

    private RoundCode(Assembler code) {
        this.code = code;
    }

    /**
     * Writes the function and returns its offset.
     *
     * @param code of 256 bits
     */
    static int write(Assembler code) {
        code.align(64);
        int offset = code.here();
        new RoundCode(code).write();
        return offset;
    }

    private void write() {
        code.allOnes(SIZE);
        code.shiftRight32(SIZE, SIZE, 1);
        constant(MOST, 127f);
        constant(LEAST, -127f);
        constant(ONE, 1f);
        code.zero(ZERO);
        code.align(32);
        int next = code.here();
        scale();
        for (int i = 0; i < VECTORS; i++) {
            whole(i);
        }
        sum();
        pack();
        code.add(RDI, BlockType.VALUES * Float.BYTES);
        code.add(RSI, BlockRows.BYTES);
        code.sub(RDX, 1);
        code.jnz(next);
        code.zeroUpper();
        code.ret();
    }

    /** Through the 128 bytes below the stack, which a function that calls nothing may use. */
    private void constant(int y, float value) {
        Address below = Address.of(RSP, -Long.BYTES);
        code.movInt(RAX, Float.floatToRawIntBits(value));
        code.movInt(below, RAX);
        code.broadcast(y, below);
    }

    /** As integers, the sizes of numbers have their order, and what is no number is the greatest. */
    private void scale() {
        for (int i = 0; i < VECTORS; i++) {
            code.load(i, Address.of(RDI, i * VECTOR_BYTES));
            code.compute(Arithmetic.AND, i == 0 ? FOLDED : SCRATCH, i, SIZE);
            if (i > 0) {
                code.integers(Integers.MAX_32, FOLDED, FOLDED, SCRATCH);
            }
        }
        code.halves(SCRATCH, FOLDED, FOLDED, 1);
        code.integers(Integers.MAX_32, FOLDED, FOLDED, SCRATCH);
        code.permute(SCRATCH, FOLDED, 0b10_11_00_01);
        code.integers(Integers.MAX_32, FOLDED, FOLDED, SCRATCH);
        code.permute(SCRATCH, FOLDED, 0b01_00_11_10);
        code.integers(Integers.MAX_32, FOLDED, FOLDED, SCRATCH);
        code.compute(Arithmetic.DIV, SCALE, FOLDED, MOST);
        code.storeLowest(Address.of(RSI, BlockRows.SCALE), SCALE);
        code.compute(Arithmetic.DIV, INVERSE, ONE, SCALE);
        code.notEqual(SCRATCH, SCALE, ZERO);
        code.compute(Arithmetic.AND, INVERSE, INVERSE, SCRATCH);
    }

    /** What is no number becomes 0. */
    private void whole(int y) {
        code.compute(Arithmetic.MUL, y, y, INVERSE);
        code.ordered(SCRATCH, y, y);
        code.compute(Arithmetic.AND, y, y, SCRATCH);
        code.compute(Arithmetic.MAX, y, y, LEAST);
        code.compute(Arithmetic.MIN, y, y, MOST);
        code.floatToInt(y, y);
    }

    private void sum() {
        code.compute(Arithmetic.ADD_INT, FOLDED, 0, 1);
        for (int i = 2; i < VECTORS; i++) {
            code.compute(Arithmetic.ADD_INT, FOLDED, FOLDED, i);
        }
        code.halves(SCRATCH, FOLDED, FOLDED, 1);
        code.compute(Arithmetic.ADD_INT, FOLDED, FOLDED, SCRATCH);
        code.permute(SCRATCH, FOLDED, 0b10_11_00_01);
        code.compute(Arithmetic.ADD_INT, FOLDED, FOLDED, SCRATCH);
        code.permute(SCRATCH, FOLDED, 0b01_00_11_10);
        code.compute(Arithmetic.ADD_INT, FOLDED, FOLDED, SCRATCH);
        code.storeLowest(Address.of(RSI, BlockRows.SUM), FOLDED);
    }

    /** Packing leaves the lower halves of all vectors in the lower half, the upper ones in the upper. */
    private void pack() {
        code.integers(Integers.PACK_32, 0, 0, 1);
        code.integers(Integers.PACK_32, 2, 2, 3);
        code.integers(Integers.PACK_16, 0, 0, 2);
        code.halves(SCRATCH, 0, 0, 1);
        code.compute(Arithmetic.UNPACK_LOW, OTHER, 0, SCRATCH);
        code.compute(Arithmetic.UNPACK_HIGH, 0, 0, SCRATCH);
        code.halves(0, OTHER, 0, 0x20);
        code.store(Address.of(RSI, 0), 0);
    }
}
