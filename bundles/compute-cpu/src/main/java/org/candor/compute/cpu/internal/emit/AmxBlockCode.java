package org.candor.compute.cpu.internal.emit;

import static org.candor.compute.cpu.internal.emit.Assembler.Register.R10;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R11;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R12;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R13;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R14;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R15;
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
 * Products of up to 16 rounded rows with panels of blocks of bytes, in AMX. The function it writes is
 *
 * <pre>void blocks(void* scales, void* x, float* y, long blocks, long xStride, long yStride,
 *         void* codes, long count, long scaleStride, long codeStride, void* shapes)</pre>
 *
 * with strides in bytes, from one of {@code count} panels of {@link BlockPanels#WIDE_ROWS} rows to the next. One instruction
 * multiplies a block of the rows of x (16 by 32 bytes, as they lie) with one of the panel (8 by 64 bytes, as they lie) to 16 by
 * 16 whole numbers. These go through the stack to the vectors, where they are scaled and added, since a block's scale
 * allows no longer sums.
 *
 * <p>What limits it: for a block's 8192 products 40 rows of tiles are loaded or stored and 48 vector instructions done.
 */
final class AmxBlockCode {

    /** Most rows of x. */
    static final int MOST_ROWS = RowAddresses.MOST;

    /** Bytes of one block of a panel. */
    static final int BLOCK_BYTES = BlockPanels.WIDE_ROWS * BlockType.VALUES;

    private static final Register[] SAVED = {RBX, RBP, R12, R13, R14, R15};
    private static final Register[] ROWS = {RBX, RBP, R12, R13};
    private static final int VECTOR_BYTES = 64;
    private static final int SUM_BYTES = MOST_ROWS * VECTOR_BYTES;
    /** Two places for sums, then where the stack was. */
    private static final int FRAME = 2 * SUM_BYTES + VECTOR_BYTES;

    private static final int STACK = 2 * SUM_BYTES;

    private static final int SUMS = 0;
    private static final int X = 2;
    private static final int CODES = 4;

    private static final int SCALES = 16;
    private static final int SCRATCH = 18;

    private final Assembler code;
    private final int rows;
    private final RowAddresses x;
    private final RowAddresses y;

    private AmxBlockCode(Assembler code, int rows) {
        this.code = code;
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
    static int write(Assembler code, int rows) {
        code.align(64);
        int offset = code.here();
        new AmxBlockCode(code, rows).write();
        return offset;
    }

    /** The shapes of the tiles for so many rows of x, as {@code ldtilecfg} takes them. */
    static byte[] shapes(int rows) {
        byte[] shapes = new byte[VECTOR_BYTES];
        shapes[0] = 1;
        for (int i = 0; i < 2; i++) {
            shape(shapes, SUMS + i, rows, VECTOR_BYTES);
            shape(shapes, X + i, rows, BlockType.VALUES);
            shape(shapes, CODES + i, BlockType.VALUES / Integer.BYTES, VECTOR_BYTES);
        }
        return shapes;
    }

    private static void shape(byte[] shapes, int tile, int rows, int bytes) {
        shapes[16 + 2 * tile] = (byte) bytes;
        shapes[48 + tile] = (byte) rows;
    }

    private void write() {
        for (Register saved : SAVED) {
            code.push(saved);
        }
        code.mov(RAX, RSP);
        code.sub(RSP, FRAME);
        code.and(RSP, -VECTOR_BYTES);
        code.mov(Address.of(RSP, STACK), RAX);
        int arguments = 8 + 8 * SAVED.length;
        code.mov(R10, Address.of(RAX, arguments));
        code.mov(R14, Address.of(RAX, arguments + 8));
        code.mov(R11, Address.of(RAX, arguments + 32));
        code.loadTileShapes(Address.of(R11, 0));
        code.movInt(R15, VECTOR_BYTES);
        int nextPanel = code.here();
        code.mov(R11, RCX);
        code.mov(RAX, RDI);
        x.start(RSI);
        for (int row = 0; row < rows; row++) {
            code.zero(row);
        }
        code.align(32);
        int nextBlock = code.here();
        block(0);
        code.sub(R11, 1);
        int done = code.jz();
        block(1);
        code.sub(R11, 1);
        code.jnz(nextBlock);
        code.land(done);
        y.start(RDX);
        for (int row = 0; row < rows; row++) {
            code.store(y.row(row, 0), row);
        }
        code.add(RDX, VECTOR_BYTES);
        // From behind this panel's codes to the next one's.
        code.mov(RAX, Address.of(RSP, STACK));
        code.add(RDI, Address.of(RAX, arguments + 16));
        code.add(R10, Address.of(RAX, arguments + 24));
        code.sub(R14, 1);
        code.jnz(nextPanel);
        code.releaseTiles();
        code.zeroUpper();
        code.mov(RSP, Address.of(RSP, STACK));
        for (int i = SAVED.length - 1; i >= 0; i--) {
            code.pop(SAVED[i]);
        }
        code.ret();
    }

    /** @param turn 0 or 1: blocks take turns in tiles and memory, so that one need not wait for the other */
    private void block(int turn) {
        code.loadTile(X + turn, RBX, R8);
        code.loadTile(CODES + turn, R10, R15);
        code.zeroTile(SUMS + turn);
        code.multiplyTiles(SUMS + turn, X + turn, CODES + turn);
        code.storeTile(RSP, R15, turn * SUM_BYTES, SUMS + turn);
        code.widenHalfWide(SCALES + turn, Address.of(RAX, 0));
        for (int row = 0; row < rows; row++) {
            int product = SCRATCH + 2 * (row % 4);
            code.repeated(Repeated.MUL, product, SCALES + turn, x.row(row, BlockRows.SCALE));
            code.intToFloatWide(product + 1, Address.of(RSP, turn * SUM_BYTES + row * VECTOR_BYTES));
            code.fma(row, product + 1, product);
        }
        x.advance(BlockRows.BYTES);
        code.add(RAX, BlockPanels.WIDE_ROWS * Short.BYTES);
        code.add(R10, BLOCK_BYTES);
    }

    /**
     * Writes the function that makes bytes of Q4_0's halves,
     *
     * <pre>void widen(void* codes, void* target, long blocks)</pre>
     *
     * and returns its offset.
     *
     * @param code of 512 bits
     */
    static int widen(Assembler code) {
        code.align(64);
        int offset = code.here();
        int bits = 16;
        int excess = 17;
        Address below = Address.of(RSP, -Long.BYTES);
        code.movInt(RAX, 0x0F0F0F0F);
        code.movInt(below, RAX);
        code.broadcast(bits, below);
        code.movInt(RAX, 0x08080808);
        code.movInt(below, RAX);
        code.broadcast(excess, below);
        int next = code.here();
        int half = BLOCK_BYTES / 2;
        for (int g = 0; g < half; g += VECTOR_BYTES) {
            code.load(0, Address.of(RDI, g));
            code.shiftRightWide(1, 0, 4);
            for (int y = 0; y < 2; y++) {
                code.compute(Arithmetic.AND, y, bits, y);
                code.subBytesWide(y, y, excess);
                code.store(Address.of(RSI, y * half + g), y);
            }
        }
        code.add(RDI, half);
        code.add(RSI, BLOCK_BYTES);
        code.sub(RDX, 1);
        code.jnz(next);
        code.zeroUpper();
        code.ret();
        return offset;
    }
}
