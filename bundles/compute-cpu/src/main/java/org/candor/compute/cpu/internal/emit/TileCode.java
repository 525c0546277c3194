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

import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Register;

/**
 * The register tile: C = A B or C += A B for panels of B that are {@code vectors} wide, {@code rows} rows of A at a time.
 * In AVX2, with 6 rows and 2 vectors, 12 sums and 4 operands fill the 16 registers: 12 multiply-adds for 8 loads, which
 * keeps both multipliers of a core busy. In AVX-512, with 6 rows and 4 vectors, 24 sums and 8 operands fill 32 registers:
 * 24 multiply-adds for 10 loads. Numbers of A are repeated by the load itself: from register to register that takes
 * Intel's second multiplier. The function it writes is
 *
 * <pre>void tile(float* a, long aStride, float* b, float* c, long cStride, long depth, long tiles, long panels,
 *           void* ahead)</pre>
 *
 * with strides in bytes, {@code tiles} blocks of rows, one below the other, and {@code panels} panels of B, one after the
 * other, each of depth * vectors vectors. All counts are at least 1. Sums run over k in order, one fused multiply-add each: the
 * same bits as {@code TwoVectorTiles} and its like, the same formula in Java.
 */
final class TileCode {

    private static final int FLOAT_BYTES = 4;
    /** Steps of k in one turn of the loop. */
    private static final int UNROLL = 4;
    /** Callee-saved registers that the function pushes. */
    private static final Register[] SAVED = {RBX, RBP, R12, R13, R14, R15};

    private static final int LINE_BYTES = 64;

    private final Assembler code;
    private final int rows;
    private final int vectors;
    private final boolean add;
    private final int lines;
    private final int vectorBytes;
    /** First register of the repeated numbers of A, and how many there are: behind the vectors of B. */
    private final int factor;

    private final int factors;

    private TileCode(Assembler code, int rows, int vectors, boolean add, int lines) {
        this.code = code;
        this.rows = rows;
        this.vectors = vectors;
        this.add = add;
        this.lines = lines;
        vectorBytes = code.vectorBytes();
        factor = mostVectors(code.lanes());
        factors = factor;
    }

    /** The widest panel. */
    static int mostVectors(int lanes) {
        return lanes == 16 ? 4 : 2;
    }

    /**
     * Writes the function and returns its offset.
     *
     * @param rows 1 to 6
     * @param vectors 1 to {@link #mostVectors}
     * @param add true to add to C
     * @param lines cache lines to fetch in each step of k, one after the other from {@code ahead} on: what is multiplied
     *     next, and comes from memory as slowly as this is multiplied
     */
    static int write(Assembler code, int rows, int vectors, boolean add, int lines) {
        code.align(64);
        int offset = code.here();
        new TileCode(code, rows, vectors, add, lines).write();
        return offset;
    }

    private void write() {
        for (Register saved : SAVED) {
            code.push(saved);
        }
        int arguments = 8 + 8 * SAVED.length;
        code.mov(R12, Address.of(RSP, arguments + 8));
        code.mov(RBP, Address.of(RSP, arguments + 16));
        int nextPanel = code.here();
        code.mov(R13, Address.of(RSP, arguments));
        code.mov(R14, RDI);
        code.mov(R15, RCX);
        code.align(16);
        int nextTile = code.here();
        tile();
        for (int row = 0; row < rows; row++) {
            code.add(R14, RSI);
            code.add(R15, R8);
        }
        code.sub(R13, 1);
        code.jnz(nextTile);
        code.mov(RDX, R11);
        code.add(RCX, vectors * vectorBytes);
        code.sub(R12, 1);
        code.jnz(nextPanel);
        code.zeroUpper();
        for (int i = SAVED.length - 1; i >= 0; i--) {
            code.pop(SAVED[i]);
        }
        code.ret();
    }

    /** One tile: A from R14, B from RDX, C from R15. Leaves the end of the panel in R11. */
    private void tile() {
        thirdRow(R15, R8);
        for (int row = 0; row < rows; row++) {
            for (int vector = 0; vector < vectors; vector++) {
                if (add) {
                    code.load(sum(row, vector), at(R15, R8, row, vector * vectorBytes));
                } else {
                    code.zero(sum(row, vector));
                }
            }
        }
        code.mov(RAX, R14);
        thirdRow(RAX, RSI);
        code.mov(R11, RDX);
        code.mov(R10, R9);
        code.shr(R10, Integer.numberOfTrailingZeros(UNROLL));
        steps(UNROLL);
        code.mov(R10, R9);
        code.and(R10, UNROLL - 1);
        steps(1);
        thirdRow(R15, R8);
        for (int row = 0; row < rows; row++) {
            for (int vector = 0; vector < vectors; vector++) {
                code.store(at(R15, R8, row, vector * vectorBytes), sum(row, vector));
            }
        }
    }

    /** As many turns as R10 says, each of {@code count} steps of k. */
    private void steps(int count) {
        int none = code.jz();
        code.align(32);
        int turn = code.here();
        for (int line = 0; line < count * lines; line++) {
            code.prefetch(Address.of(RBP, line * LINE_BYTES));
        }
        for (int step = 0; step < count; step++) {
            for (int vector = 0; vector < vectors; vector++) {
                code.load(vector, Address.of(R11, (step * vectors + vector) * vectorBytes));
            }
            for (int row = 0; row < rows; row++) {
                int repeated = factor + row % factors;
                code.broadcast(repeated, at(RAX, RSI, row, step * FLOAT_BYTES));
                for (int vector = 0; vector < vectors; vector++) {
                    code.fma(sum(row, vector), repeated, vector);
                }
            }
        }
        code.add(RAX, count * FLOAT_BYTES);
        if (rows > 3) {
            code.add(RBX, count * FLOAT_BYTES);
        }
        code.add(R11, count * vectors * vectorBytes);
        if (lines > 0) {
            code.add(RBP, count * lines * LINE_BYTES);
        }
        code.sub(R10, 1);
        code.jnz(turn);
        code.land(none);
    }

    /** RBX = base + 3 * stride, from where rows 3 and 5 are reached. */
    private void thirdRow(Register base, Register stride) {
        if (rows > 3) {
            code.lea(RBX, Address.of(base, stride, 2, 0));
            code.add(RBX, stride);
        }
    }

    /** Address in a row, counted from base, with RBX three rows further on. */
    private static Address at(Register base, Register stride, int row, int displacement) {
        return switch (row) {
            case 0 -> Address.of(base, displacement);
            case 1, 2, 4 -> Address.of(base, stride, row, displacement);
            case 3 -> Address.of(RBX, displacement);
            default -> Address.of(RBX, stride, row - 3, displacement);
        };
    }

    private int sum(int row, int vector) {
        return factor + factors + row * vectors + vector;
    }
}
