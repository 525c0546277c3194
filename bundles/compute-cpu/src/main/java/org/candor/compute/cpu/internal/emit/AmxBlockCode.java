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
 *         void* codes, long turns, long scaleStride, long codeStride, void* shapes)</pre>
 *
 * with strides in bytes, those of scales and codes from one panel of {@link BlockPanels#WIDE_ROWS} rows to the next; each
 * turn takes one panel or two. One instruction multiplies a block of the rows of x (16 by 32 bytes, as they lie) with one of the
 * panel (8 by 64 bytes, as they lie) to 16 by 16 whole numbers. These go through the stack to the vectors, where they are
 * scaled and added, since a block's scale allows no longer sums.
 *
 * <p>What limits it: for the 8192 products of a block 8 rows of weights and, with two panels at once, 8 of x are loaded into tiles,
 * 16 of sums stored, and 48 vector instructions done. Two panels instead of one, which saves 8 rows of x, took 0.8 to 0.9 of the
 * time in a program of its own; x packed tile by tile, or more blocks on their way before their sums are read, were no faster.
 */
final class AmxBlockCode {

    /** Most rows of x. */
    static final int MOST_ROWS = RowAddresses.MOST;

    /** Most panels that rows of x meet together. */
    static final int MOST_PANELS = 2;

    /** Bytes of one block of a panel. */
    static final int BLOCK_BYTES = BlockPanels.WIDE_ROWS * BlockType.VALUES;

    private static final Register[] SAVED = {RBX, RBP, R12, R13, R14, R15};
    private static final Register[] ROWS = {RBX, RBP, R12, R13};
    /** Where the codes of each panel are. */
    private static final Register[] CODES_AT = {R10, R9};

    private static final int VECTOR_BYTES = 64;
    private static final int SUM_BYTES = MOST_ROWS * VECTOR_BYTES;

    /** Vectors that hold results; what is more lies on the stack. */
    private static final int HELD = 29;

    private static final int SCALES = 29;
    private static final int PRODUCT = 30;
    private static final int SUM = 31;

    /** On the stack: the sums of two blocks by turns, results, then numbers. */
    private static final int RESULTS = 2 * MOST_PANELS * SUM_BYTES;

    private static final int STACK = RESULTS + (MOST_PANELS * MOST_ROWS - HELD) * VECTOR_BYTES;
    private static final int BLOCKS = STACK + Long.BYTES;
    private static final int Y_STRIDE = BLOCKS + Long.BYTES;
    private static final int CODES = Y_STRIDE + Long.BYTES;
    private static final int FRAME = STACK + VECTOR_BYTES;

    /** Of each panel, in even and in odd turns. */
    private static final int[][] SUM_TILES = {{0, 1}, {2, 3}};

    private static final int CODE_TILES = 4;
    private static final int X_TILES = 6;

    private final Assembler code;
    private final int rows;
    private final int panels;
    private final RowAddresses x;
    private final RowAddresses y;

    private AmxBlockCode(Assembler code, int rows, int panels) {
        this.code = code;
        this.rows = rows;
        this.panels = panels;
        x = new RowAddresses(code, ROWS, R8, rows);
        y = new RowAddresses(code, ROWS, R9, rows);
    }

    /**
     * Writes the function and returns its offset.
     *
     * @param code of 512 bits
     * @param rows of x, 1 to {@link #MOST_ROWS}
     * @param panels of one turn, 1 or 2
     */
    static int write(Assembler code, int rows, int panels) {
        code.align(64);
        int offset = code.here();
        new AmxBlockCode(code, rows, panels).write();
        return offset;
    }

    /** The shapes of the tiles for so many rows of x, as {@code ldtilecfg} takes them. */
    static byte[] shapes(int rows) {
        byte[] shapes = new byte[VECTOR_BYTES];
        shapes[0] = 1;
        for (int i = 0; i < 2; i++) {
            shape(shapes, SUM_TILES[0][i], rows, VECTOR_BYTES);
            shape(shapes, SUM_TILES[1][i], rows, VECTOR_BYTES);
            shape(shapes, X_TILES + i, rows, BlockType.VALUES);
            shape(shapes, CODE_TILES + i, BlockType.VALUES / Integer.BYTES, VECTOR_BYTES);
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
        code.mov(stack(STACK), RAX);
        code.mov(stack(BLOCKS), RCX);
        code.mov(stack(Y_STRIDE), R9);
        int arguments = 8 + 8 * SAVED.length;
        code.mov(R10, Address.of(RAX, arguments));
        code.mov(R14, Address.of(RAX, arguments + 8));
        code.mov(RCX, Address.of(RAX, arguments + 16));
        code.mov(R11, Address.of(RAX, arguments + 32));
        code.loadTileShapes(Address.of(R11, 0));
        code.movInt(R15, VECTOR_BYTES);
        int nextTurn = code.here();
        code.mov(stack(CODES), R10);
        if (panels == 2) {
            code.mov(RAX, stack(STACK));
            code.mov(R9, R10);
            code.add(R9, Address.of(RAX, arguments + 24));
        }
        code.mov(R11, stack(BLOCKS));
        code.mov(RAX, RDI);
        x.start(RSI);
        for (int i = 0; i < panels * rows; i++) {
            if (i < HELD) {
                code.zero(i);
            } else {
                code.store(result(i), 0);
            }
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
        code.mov(R9, stack(Y_STRIDE));
        y.start(RDX);
        for (int i = 0; i < panels * rows; i++) {
            if (i >= HELD) {
                code.load(SUM, result(i));
            }
            code.store(y.row(i % rows, i / rows * VECTOR_BYTES), i < HELD ? i : SUM);
        }
        code.add(RDX, panels * VECTOR_BYTES);
        code.mov(RAX, stack(STACK));
        code.mov(R10, stack(CODES));
        for (int panel = 0; panel < panels; panel++) {
            code.add(RDI, RCX);
            code.add(R10, Address.of(RAX, arguments + 24));
        }
        code.sub(R14, 1);
        code.jnz(nextTurn);
        code.releaseTiles();
        code.zeroUpper();
        code.mov(RSP, stack(STACK));
        for (int i = SAVED.length - 1; i >= 0; i--) {
            code.pop(SAVED[i]);
        }
        code.ret();
    }

    /** @param turn 0 or 1: blocks take turns in tiles and memory, so that one need not wait for the other */
    private void block(int turn) {
        code.loadTile(X_TILES + turn, RBX, R8);
        for (int panel = 0; panel < panels; panel++) {
            int sums = SUM_TILES[turn][panel];
            code.loadTile(CODE_TILES + panel, CODES_AT[panel], R15);
            code.zeroTile(sums);
            code.multiplyTiles(sums, X_TILES + turn, CODE_TILES + panel);
            code.storeTile(RSP, R15, sums(turn, panel), sums);
        }
        for (int panel = 0; panel < panels; panel++) {
            code.widenHalfWide(SCALES, panel == 0 ? Address.of(RAX, 0) : Address.of(RAX, RCX, 1, 0));
            for (int row = 0; row < rows; row++) {
                int i = panel * rows + row;
                code.repeated(Repeated.MUL, PRODUCT, SCALES, x.row(row, BlockRows.SCALE));
                code.intToFloatWide(SUM, stack(sums(turn, panel) + row * VECTOR_BYTES));
                if (i < HELD) {
                    code.fma(i, SUM, PRODUCT);
                } else {
                    code.compute(Arithmetic.MUL_ADD, PRODUCT, SUM, result(i));
                    code.store(result(i), PRODUCT);
                }
            }
            code.add(CODES_AT[panel], BLOCK_BYTES);
        }
        x.advance(BlockRows.BYTES);
        code.add(RAX, BlockPanels.WIDE_ROWS * Short.BYTES);
    }

    private static int sums(int turn, int panel) {
        return (MOST_PANELS * turn + panel) * SUM_BYTES;
    }

    /** A result that is not held in a vector. */
    private static Address result(int i) {
        return stack(RESULTS + (i - HELD) * VECTOR_BYTES);
    }

    private static Address stack(int displacement) {
        return Address.of(RSP, displacement);
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
