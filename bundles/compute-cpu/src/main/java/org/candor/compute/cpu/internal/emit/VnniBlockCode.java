package org.candor.compute.cpu.internal.emit;

import static org.candor.compute.cpu.internal.emit.Assembler.Register.R10;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R11;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R12;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R13;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R14;
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
import org.candor.compute.cpu.internal.emit.MatrixInstructions.Repeated;

/**
 * Products of a few rounded rows with panels of quantised blocks, in AVX-512 with VNNI. The function it writes is
 *
 * <pre>void blocks(void* panels, void* x, float* y, long blocks, long xStride, long yStride, long count, long scaleBytes)</pre>
 *
 * with strides in bytes and panels of {@link BlockPanels#WIDE_ROWS} rows. {@code vpdpbusd} multiplies four unsigned bytes of
 * each of 16 rows by four signed bytes of x and adds them to 32 bits, so codes go in with something added: 128 to those of
 * Q8_0, by turning their sign bit; 8 to those of Q4_0, as they are stored. A sum starts with as many times the sum of x, taken
 * away by one {@code vpdpwssd}.
 *
 * <p>What limits it: one row of x waits for memory. Of many rows, a block of 16 rows of weights takes 12 vector instructions
 * for each row of x, 8 of which do products; that is counted, and which unit they wait for was not measured.
 */
final class VnniBlockCode {

    /** Most rows of x: their sums of whole numbers and of binary32 fill three quarters of the registers. */
    static final int MOST_ROWS = 12;

    private static final Register[] SAVED = {RBX, RBP, R12, R13, R14};
    private static final Register[] ROWS = {RBX, RBP, R13, R14};
    private static final int VECTOR_BYTES = 64;
    private static final int WORD = 4;

    private static final int CODES = 24;
    private static final int OTHER_CODES = 25;
    private static final int PRODUCT = 26;
    /** The sign bits of Q8_0's codes, the lower halves of Q4_0's bytes. */
    private static final int BITS = 27;
    /** What the codes have too much, negative, in the lower half of each 32 bits. */
    private static final int EXCESS = 28;

    private final Assembler code;
    private final BlockType type;
    private final int rows;
    private final RowAddresses x;
    private final RowAddresses y;

    private VnniBlockCode(Assembler code, BlockType type, int rows) {
        this.code = code;
        this.type = type;
        this.rows = rows;
        x = new RowAddresses(code, ROWS, R8, rows);
        y = new RowAddresses(code, ROWS, R9, rows);
    }

    /**
     * Writes the function and returns its offset.
     *
     * @param code of 512 bits
     * @param rows of x, 1 to {@link #MOST_ROWS}
     */
    static int write(Assembler code, BlockType type, int rows) {
        code.align(64);
        int offset = code.here();
        new VnniBlockCode(code, type, rows).write();
        return offset;
    }

    private void write() {
        for (Register saved : SAVED) {
            code.push(saved);
        }
        int arguments = 8 + 8 * SAVED.length;
        code.mov(R12, Address.of(RSP, arguments));
        switch (type) {
            case Q8_0 -> constants(0x80808080, -128);
            case Q4_0 -> constants(0x0F0F0F0F, -8);
        }
        int nextPanel = code.here();
        code.mov(R10, RDI);
        code.mov(RAX, RDI);
        code.add(R10, Address.of(RSP, arguments + 8));
        code.mov(R11, RCX);
        x.start(RSI);
        for (int row = 0; row < rows; row++) {
            code.zero(row);
        }
        code.align(32);
        int nextBlock = code.here();
        for (int row = 0; row < rows; row++) {
            code.zero(sum(row));
            code.repeated(Repeated.DOT_SHORTS, sum(row), EXCESS, x.row(row, BlockRows.SUM));
        }
        switch (type) {
            case Q8_0 -> bytes();
            case Q4_0 -> halves();
        }
        scale();
        x.advance(BlockRows.BYTES);
        code.add(RAX, BlockPanels.WIDE_ROWS * Short.BYTES);
        code.add(R10, words() * VECTOR_BYTES);
        code.sub(R11, 1);
        code.jnz(nextBlock);
        y.start(RDX);
        for (int row = 0; row < rows; row++) {
            code.store(y.row(row, 0), row);
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

    private void constants(int bits, int excess) {
        Address below = Address.of(RSP, -Long.BYTES);
        code.movInt(RAX, bits);
        code.movInt(below, RAX);
        code.broadcast(BITS, below);
        code.movInt(RAX, excess & 0xFFFF);
        code.movInt(below, RAX);
        code.broadcast(EXCESS, below);
    }

    private int words() {
        return (type.bytes() - Short.BYTES) / WORD;
    }

    private void bytes() {
        for (int g = 0; g < words(); g++) {
            int codes = CODES + g % 2;
            code.compute(Arithmetic.XOR, codes, BITS, Address.of(R10, g * VECTOR_BYTES));
            for (int row = 0; row < rows; row++) {
                code.repeated(Repeated.DOT_BYTES, sum(row), codes, x.row(row, g * WORD));
            }
        }
    }

    private void halves() {
        for (int g = 0; g < words(); g++) {
            code.load(OTHER_CODES, Address.of(R10, g * VECTOR_BYTES));
            code.compute(Arithmetic.AND, CODES, BITS, OTHER_CODES);
            code.shiftRightWide(OTHER_CODES, OTHER_CODES, 4);
            code.compute(Arithmetic.AND, OTHER_CODES, BITS, OTHER_CODES);
            for (int row = 0; row < rows; row++) {
                code.repeated(Repeated.DOT_BYTES, sum(row), CODES, x.row(row, g * WORD));
            }
            for (int row = 0; row < rows; row++) {
                code.repeated(Repeated.DOT_BYTES, sum(row), OTHER_CODES, x.row(row, BlockType.VALUES / 2 + g * WORD));
            }
        }
    }

    /** result += sum * (scale of the weights * scale of x) */
    private void scale() {
        code.widenHalfWide(CODES, Address.of(RAX, 0));
        for (int row = 0; row < rows; row++) {
            code.repeated(Repeated.MUL, PRODUCT, CODES, x.row(row, BlockRows.SCALE));
            code.intToFloatWide(sum(row), sum(row));
            code.fma(row, sum(row), PRODUCT);
        }
    }

    private static int sum(int row) {
        return MOST_ROWS + row;
    }
}
