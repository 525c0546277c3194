package org.candor.compute.cpu.internal.emit;

import static org.candor.compute.cpu.internal.emit.Assembler.Register.R10;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R11;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R12;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R8;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R9;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RAX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RBP;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RBX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RCX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDI;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RSI;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RSP;

import org.candor.api.compute.BlockType;
import org.candor.compute.cpu.internal.BlockPanels;
import org.candor.compute.cpu.internal.BlockRows;
import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Arithmetic;
import org.candor.compute.cpu.internal.emit.Assembler.Register;
import org.candor.compute.cpu.internal.emit.IntegerInstructions.Integers;

/**
 * Products of a few rounded rows with panels of quantised blocks, in AVX2. The function it writes is
 *
 * <pre>void blocks(void* panels, void* x, float* y, long blocks, long xStride, long yStride, long count, long scaleBytes)</pre>
 *
 * with strides in bytes. One vector holds four bytes of each row of a panel; the four bytes of x that they meet are repeated
 * by the load. {@code vpmaddubsw} multiplies unsigned by signed bytes and adds pairs in 16 bits:
 *
 * <ul>
 *   <li>Codes of Q8_0 go in as their sizes, x with their signs; a pair, at most 2 * 128 * 127, fits, and
 *       {@code vpmaddwd} with ones adds pairs in 32 bits.
 *   <li>Codes of Q4_0 go in as stored, 0 to 15. Eight pairs, 8 * 2 * 15 * 127, fit into 16 bits, so a block is widened
 *       once; then 8 times the sum of x is taken away.
 * </ul>
 *
 * <p>What limits it: one row of x waits for memory. Many rows are bound by the vector units: of 32 products Q8_0 takes four
 * instructions and a quarter, two of which are multiplications, Q4_0 a little more than two.
 */
final class BlockCode {

    /** Most rows of x: their sums of whole numbers and of binary32 fill half of the registers. */
    static final int MOST_ROWS = 4;

    private static final Register[] SAVED = {RBX, RBP, R12};
    private static final int VECTOR_BYTES = 32;
    private static final int WORD = 4;

    private static final int ONES = 15;
    private static final int MASK = 14;
    private static final int PRODUCT = 13;
    private static final int CODES = 12;
    private static final int OTHER_CODES = 11;

    private final Assembler code;
    private final BlockType type;
    private final int rows;

    private BlockCode(Assembler code, BlockType type, int rows) {
        this.code = code;
        this.type = type;
        this.rows = rows;
    }

    /**
     * Writes the function and returns its offset.
     *
     * @param code of 256 bits
     * @param rows of x, 1 to {@link #MOST_ROWS}
     */
    static int write(Assembler code, BlockType type, int rows) {
        code.align(64);
        int offset = code.here();
        new BlockCode(code, type, rows).write();
        return offset;
    }

    private void write() {
        for (Register saved : SAVED) {
            code.push(saved);
        }
        int arguments = 8 + 8 * SAVED.length;
        code.mov(R12, Address.of(RSP, arguments));
        // Every bit set, then the upper fifteen of sixteen moved out, and of bytes the upper four.
        code.allOnes(ONES);
        if (type == BlockType.Q4_0) {
            code.shiftRight16(MASK, ONES, 12);
            code.shiftLeft16(PRODUCT, MASK, 8);
            code.compute(Arithmetic.OR, MASK, MASK, PRODUCT);
        }
        code.shiftRight16(ONES, ONES, 15);
        int nextPanel = code.here();
        code.mov(R10, RDI);
        code.mov(RAX, RDI);
        code.add(R10, Address.of(RSP, arguments + 8));
        code.mov(R11, RCX);
        code.mov(RBX, RSI);
        thirdRow(RSI, R8);
        for (int row = 0; row < rows; row++) {
            code.zero(result(row));
        }
        code.align(32);
        int nextBlock = code.here();
        switch (type) {
            case Q8_0 -> bytes();
            case Q4_0 -> halves();
        }
        scale();
        code.add(RBX, BlockRows.BYTES);
        if (rows > 3) {
            code.add(RBP, BlockRows.BYTES);
        }
        code.add(RAX, BlockPanels.ROWS * Short.BYTES);
        code.add(R10, words() * VECTOR_BYTES);
        code.sub(R11, 1);
        code.jnz(nextBlock);
        thirdRow(RDX, R9);
        for (int row = 0; row < rows; row++) {
            code.store(row == 3 ? Address.of(RBP, 0) : at(RDX, R9, row, 0), result(row));
        }
        code.add(RDX, VECTOR_BYTES);
        code.mov(RDI, R10);
        code.sub(R12, 1);
        code.jnz(nextPanel);
        code.zeroUpper();
        for (int i = SAVED.length - 1; i >= 0; i--) {
            code.pop(SAVED[i]);
        }
        code.ret();
    }

    private int words() {
        return (type.bytes() - Short.BYTES) / WORD;
    }

    private void bytes() {
        for (int g = 0; g < words(); g++) {
            code.load(CODES, Address.of(R10, g * VECTOR_BYTES));
            code.sizes8(OTHER_CODES, CODES);
            for (int row = 0; row < rows; row++) {
                code.broadcast(PRODUCT, x(row, g * WORD));
                code.integers(Integers.SIGN_8, PRODUCT, PRODUCT, CODES);
                code.integers(Integers.MULTIPLY_8, PRODUCT, OTHER_CODES, PRODUCT);
                code.integers(Integers.MULTIPLY_16, g == 0 ? sum(row) : PRODUCT, PRODUCT, ONES);
                if (g > 0) {
                    code.compute(Arithmetic.ADD_INT, sum(row), sum(row), PRODUCT);
                }
            }
        }
    }

    private void halves() {
        for (int g = 0; g < words(); g++) {
            code.load(CODES, Address.of(R10, g * VECTOR_BYTES));
            code.shiftRight16(OTHER_CODES, CODES, 4);
            code.compute(Arithmetic.AND, CODES, CODES, MASK);
            code.compute(Arithmetic.AND, OTHER_CODES, OTHER_CODES, MASK);
            for (int row = 0; row < rows; row++) {
                code.broadcast(PRODUCT, x(row, g * WORD));
                code.integers(Integers.MULTIPLY_8, g == 0 ? sum(row) : PRODUCT, CODES, PRODUCT);
                if (g > 0) {
                    code.integers(Integers.ADD_16, sum(row), sum(row), PRODUCT);
                }
                code.broadcast(PRODUCT, x(row, BlockType.VALUES / 2 + g * WORD));
                code.integers(Integers.MULTIPLY_8, PRODUCT, OTHER_CODES, PRODUCT);
                code.integers(Integers.ADD_16, sum(row), sum(row), PRODUCT);
            }
        }
        for (int row = 0; row < rows; row++) {
            code.integers(Integers.MULTIPLY_16, sum(row), sum(row), ONES);
            code.broadcast(PRODUCT, x(row, BlockRows.SUM));
            code.shiftLeft(PRODUCT, PRODUCT, 3);
            code.integers(Integers.SUB_32, sum(row), sum(row), PRODUCT);
        }
    }

    /** result += sum * (scale of the weights * scale of x) */
    private void scale() {
        code.widenHalf(CODES, Address.of(RAX, 0));
        for (int row = 0; row < rows; row++) {
            code.broadcast(PRODUCT, x(row, BlockRows.SCALE));
            code.compute(Arithmetic.MUL, PRODUCT, PRODUCT, CODES);
            code.intToFloat(sum(row), sum(row));
            code.fma(result(row), sum(row), PRODUCT);
        }
    }

    /** RBP = base + 3 * stride, from where row 3 is reached. */
    private void thirdRow(Register base, Register stride) {
        if (rows > 3) {
            code.lea(RBP, Address.of(base, stride, 2, 0));
            code.add(RBP, stride);
        }
    }

    private Address x(int row, int displacement) {
        return row == 3 ? Address.of(RBP, displacement) : at(RBX, R8, row, displacement);
    }

    private static Address at(Register base, Register stride, int row, int displacement) {
        return row == 0 ? Address.of(base, displacement) : Address.of(base, stride, row, displacement);
    }

    private static int result(int row) {
        return row;
    }

    private static int sum(int row) {
        return MOST_ROWS + row;
    }
}
