package org.candor.compute.cpu.internal.emit;

import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.ADD;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.ADD_DOUBLE;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.ADD_INT;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.AND;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.AND_NOT;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.DIV;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.DIV_DOUBLE;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.MAX;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.MIN;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.MUL;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.MUL_ADD;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.MUL_SUB;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.OR;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.SUB;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.UNPACK_HIGH;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.UNPACK_LOW;
import static org.candor.compute.cpu.internal.emit.Assembler.Arithmetic.XOR;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R10;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R11;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R12;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R13;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R8;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.R9;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RAX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RBX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RCX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDI;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RSI;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RSP;

import java.util.ArrayList;
import java.util.List;
import org.candor.compute.cpu.internal.Coefficients;
import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Arithmetic;
import org.candor.compute.cpu.internal.emit.Assembler.Register;

/**
 * What happens to rows between the products, in AVX2: bias and activation, and the powers of a softmax. Each function
 * does the operations of {@code VectorFunctions} and {@code VectorRows} in their order, so the bits are the same.
 */
final class RowCode {

    private static final int VECTOR_BYTES = 32;

    private final Assembler code;
    private final Constants constants;
    /** Holds the address of the constants while a function is written. */
    private Register base;

    /** Numbers, each eight times, that the functions take as operands from memory. */
    static final class Constants {
        private final List<Integer> bits = new ArrayList<>();

        private int offset(int value) {
            int index = bits.indexOf(value);
            if (index < 0) {
                index = bits.size();
                bits.add(value);
            }
            return index * VECTOR_BYTES;
        }

        /** The table as it has to lie in memory, eight times each. */
        int[] table() {
            int[] table = new int[8 * bits.size()];
            for (int i = 0; i < table.length; i++) {
                table[i] = bits.get(i / 8);
            }
            return table;
        }
    }

    RowCode(Assembler code, Constants constants) {
        this.code = code;
        this.constants = constants;
    }

    /**
     * x = activation(x + bias):
     *
     * <pre>void finish(float* x, long stride, float* bias, long rows, long vectors, float* constants)</pre>
     *
     * with the stride in bytes and at least one row and one vector.
     *
     * @param bias false when there is none, and the argument is not looked at
     * @param gelu false for the identity
     * @return the function's offset
     */
    int finish(boolean bias, boolean gelu) {
        code.align(64);
        int offset = code.here();
        base = R9;
        if (gelu) {
            code.load(15, constant(Coefficients.GELU_END));
            code.zero(14);
        }
        int nextRow = code.here();
        code.mov(RAX, RDI);
        code.mov(R10, RDX);
        code.mov(R11, R8);
        code.align(32);
        int next = code.here();
        code.load(0, Address.of(RAX, 0));
        if (bias) {
            code.compute(ADD, 0, 0, Address.of(R10, 0));
            code.add(R10, VECTOR_BYTES);
        }
        if (gelu) {
            geluErf();
        }
        code.store(Address.of(RAX, 0), 0);
        code.add(RAX, VECTOR_BYTES);
        code.sub(R11, 1);
        code.jnz(next);
        code.add(RDI, RSI);
        code.sub(RCX, 1);
        code.jnz(nextRow);
        code.zeroUpper();
        code.ret();
        return offset;
    }

    /** ymm0 = GELU of ymm0, with 14 in ymm15 and 0 in ymm14; uses 1 to 12. */
    private void geluErf() {
        int distance = 1;
        int t = 3;
        int p = 4;
        int square = 5;
        int lost = 6;
        code.compute(AND, distance, 0, constant(0x7FFFFFFF));
        code.compute(MIN, distance, 15, distance);
        code.load(2, constant(Coefficients.GELU_SLOPE));
        code.compute(MUL_ADD, 2, distance, constant(1f));
        code.load(t, constant(1f));
        code.compute(DIV, t, t, 2);
        horner(p, t, Coefficients.geluTail());
        code.compute(MUL, square, distance, distance);
        // lost = distance * distance - square: distance is needed again.
        code.compute(OR, lost, distance, distance);
        code.compute(MUL_SUB, lost, distance, square);
        code.compute(MUL, 7, square, constant(-0.5f));
        int gauss = decay(7, 8, 9, 10, 11, 12);
        code.compute(MUL, lost, lost, constant(-0.5f));
        code.compute(MUL_ADD, lost, gauss, gauss);
        code.compute(MUL, lost, lost, t);
        code.compute(MUL, lost, lost, p);
        code.compute(MUL, lost, lost, distance);
        code.compute(MAX, 0, 0, 14);
        code.compute(SUB, 0, 0, lost);
    }

    /**
     * x = e^(scale * x - largest) and the sum of each row:
     *
     * <pre>void powers(float* x, long stride, long rows, long vectors, int* mask, float* sums, float* constants, float scale)</pre>
     *
     * where a row has so many whole vectors and, where the mask is not null, a further one of which only the numbers under
     * the mask are touched. At least one row.
     *
     * @return the function's offset
     */
    int powers() {
        code.align(64);
        int offset = code.here();
        base = R10;
        int scale = 15;
        int largest = 14;
        int mask = 13;
        int sums = 0;
        code.mov(base, Address.of(RSP, 8));
        code.broadcast(scale, 0);
        int nextRow = code.here();
        code.load(largest, constant(Float.NEGATIVE_INFINITY));
        eachWhole(() -> {
            code.compute(MUL, 1, scale, Address.of(RAX, 0));
            code.compute(MAX, largest, 1, largest);
        });
        ifMasked(() -> {
            code.load(mask, Address.of(R8, 0));
            code.load(1, mask, Address.of(RAX, 0));
            code.compute(MUL, 1, scale, 1);
            code.compute(AND, 1, mask, 1);
            code.compute(AND_NOT, 2, mask, constant(Float.NEGATIVE_INFINITY));
            code.compute(OR, 1, 1, 2);
            code.compute(MAX, largest, 1, largest);
        });
        fold(MAX, largest, 1);
        code.compute(XOR, largest, largest, constant(0x80000000));
        code.zero(sums);
        eachWhole(() -> {
            code.load(7, Address.of(RAX, 0));
            code.compute(MUL_ADD, 7, scale, largest);
            int power = decay(7, 8, 9, 10, 11, 12);
            code.store(Address.of(RAX, 0), power);
            code.compute(ADD, sums, sums, power);
        });
        ifMasked(() -> {
            code.load(7, mask, Address.of(RAX, 0));
            code.compute(MUL_ADD, 7, scale, largest);
            int power = decay(7, 8, 9, 10, 11, 12);
            code.compute(AND, power, mask, power);
            code.store(Address.of(RAX, 0), mask, power);
            code.compute(ADD, sums, sums, power);
        });
        fold(ADD, sums, 1);
        code.storeLowest(Address.of(R9, 0), sums);
        code.add(R9, Float.BYTES);
        code.add(RDI, RSI);
        code.sub(RDX, 1);
        code.jnz(nextRow);
        code.zeroUpper();
        code.ret();
        return offset;
    }

    /**
     * y = (x + residual - mean) / deviation * gamma + beta, row by row:
     *
     * <pre>void norm(float* x, long xStride, float* residual, long residualStride, float* y, long yStride,
     *           long rows, long vectors, float* gamma, float* beta, float* constants, float columns, double epsilon)</pre>
     *
     * with strides in bytes and columns = 8 * vectors. At least one row and one vector.
     *
     * @param residual false when there is none, and the argument is not looked at
     * @return the function's offset
     */
    int norm(boolean residual) {
        code.align(64);
        int offset = code.here();
        int count = 15;
        int epsilon = 14;
        int mean = 13;
        int inverse = 12;
        int stack = 8 + 8 * 3;
        code.push(RBX);
        code.push(R12);
        code.push(R13);
        base = R13;
        code.mov(RBX, Address.of(RSP, stack));
        code.mov(R13, Address.of(RSP, stack + 32));
        code.broadcast(count, 0);
        code.broadcastDouble(epsilon, 1);
        int nextRow = code.here();
        code.zero(0);
        code.mov(RAX, RDI);
        code.mov(R10, RDX);
        code.mov(R11, R8);
        code.mov(R12, Address.of(RSP, stack + 8));
        eachVector(() -> {
            code.load(1, Address.of(RAX, 0));
            if (residual) {
                code.compute(ADD, 1, 1, Address.of(R10, 0));
                code.add(R10, VECTOR_BYTES);
            }
            code.store(Address.of(R11, 0), 1);
            code.compute(ADD, 0, 0, 1);
            code.add(RAX, VECTOR_BYTES);
            code.add(R11, VECTOR_BYTES);
        });
        fold(ADD, 0, 1);
        code.compute(DIV, mean, 0, count);
        code.zero(0);
        code.mov(R11, R8);
        code.mov(R12, Address.of(RSP, stack + 8));
        eachVector(() -> {
            code.load(1, Address.of(R11, 0));
            code.compute(SUB, 1, 1, mean);
            code.fma(0, 1, 1);
            code.add(R11, VECTOR_BYTES);
        });
        fold(ADD, 0, 1);
        code.compute(DIV, 0, 0, count);
        code.toDouble(1, 0);
        code.compute(ADD_DOUBLE, 1, 1, epsilon);
        code.rootDouble(1, 1);
        code.load(2, constant(1f));
        code.toDouble(2, 2);
        code.compute(DIV_DOUBLE, 1, 2, 1);
        code.toFloat(inverse, 1);
        code.broadcast(inverse, inverse);
        code.mov(R11, R8);
        code.mov(RAX, Address.of(RSP, stack + 16));
        code.mov(R10, Address.of(RSP, stack + 24));
        code.mov(R12, Address.of(RSP, stack + 8));
        eachVector(() -> {
            code.load(1, Address.of(R11, 0));
            code.compute(SUB, 1, 1, mean);
            code.compute(MUL, 1, 1, inverse);
            code.load(2, Address.of(RAX, 0));
            code.compute(MUL_ADD, 1, 2, Address.of(R10, 0));
            code.store(Address.of(R11, 0), 1);
            code.add(RAX, VECTOR_BYTES);
            code.add(R10, VECTOR_BYTES);
            code.add(R11, VECTOR_BYTES);
        });
        code.add(RDI, RSI);
        code.add(RDX, RCX);
        code.add(R8, R9);
        code.sub(RBX, 1);
        code.jnz(nextRow);
        code.zeroUpper();
        code.pop(R13);
        code.pop(R12);
        code.pop(RBX);
        code.ret();
        return offset;
    }

    /** As many turns as R12 says, at least one. */
    private void eachVector(Runnable body) {
        code.align(32);
        int next = code.here();
        body.run();
        code.sub(R12, 1);
        code.jnz(next);
    }

    /**
     * Transposes rows of keys into panels, 8 by 8 numbers at a time:
     *
     * <pre>void transpose(float* k, long stride, float* panels, long blocks, long panels)</pre>
     *
     * where each panel takes 8 * {@code vectors} rows of 8 * blocks numbers and becomes 8 * blocks rows. At least one
     * block and one panel.
     *
     * @param vectors width of a panel: 1 or 2
     * @return the function's offset
     */
    int transpose(int vectors) {
        code.align(64);
        int offset = code.here();
        int width = vectors * VECTOR_BYTES;
        code.push(RBX);
        code.push(R12);
        code.push(R13);
        int nextPanel = code.here();
        for (int vector = 0; vector < vectors; vector++) {
            code.mov(RAX, RDI);
            code.lea(RBX, Address.of(RDI, RSI, 2, 0));
            code.add(RBX, RSI);
            code.lea(R13, Address.of(RBX, RSI, 2, 0));
            code.add(R13, RSI);
            code.mov(R11, RDX);
            code.mov(R12, RCX);
            int place = vector * VECTOR_BYTES;
            eachVector(() -> {
                block(place, width);
                code.add(RAX, VECTOR_BYTES);
                code.add(RBX, VECTOR_BYTES);
                code.add(R13, VECTOR_BYTES);
                code.add(R11, 8 * width);
            });
            code.lea(RDI, Address.of(RDI, RSI, 8, 0));
        }
        code.mov(RDX, R11);
        code.sub(R8, 1);
        code.jnz(nextPanel);
        code.zeroUpper();
        code.pop(R13);
        code.pop(R12);
        code.pop(RBX);
        code.ret();
        return offset;
    }

    /** 8 rows from RAX on, the fourth at RBX and the seventh at R13, become columns of the 8 rows at R11. */
    private void block(int place, int width) {
        Address[] rows = {
            Address.of(RAX, 0),
            Address.of(RAX, RSI, 1, 0),
            Address.of(RAX, RSI, 2, 0),
            Address.of(RBX, 0),
            Address.of(RAX, RSI, 4, 0),
            Address.of(RBX, RSI, 2, 0),
            Address.of(R13, 0),
            Address.of(R13, RSI, 1, 0)
        };
        for (int i = 0; i < 8; i++) {
            code.load(i, rows[i]);
        }
        for (int i = 0; i < 8; i += 2) {
            code.compute(UNPACK_LOW, 8 + i, i, i + 1);
            code.compute(UNPACK_HIGH, 9 + i, i, i + 1);
        }
        // Columns of the upper four rows in 0 to 3, of the lower four in 4 to 7; each register holds column i and i +
        // 4.
        for (int half = 0; half < 8; half += 4) {
            for (int i = 0; i < 2; i++) {
                code.shuffle(half + 2 * i, 8 + half + i, 10 + half + i, 0b01_00_01_00);
                code.shuffle(half + 2 * i + 1, 8 + half + i, 10 + half + i, 0b11_10_11_10);
            }
        }
        for (int i = 0; i < 4; i++) {
            code.halves(8 + i, i, 4 + i, 0x20);
            code.halves(12 + i, i, 4 + i, 0x31);
        }
        for (int i = 0; i < 8; i++) {
            code.store(Address.of(R11, i * width + place), 8 + i);
        }
    }

    /** Passes through the whole vectors of a row, if any; RAX then stands behind them. */
    private void eachWhole(Runnable body) {
        code.mov(RAX, RDI);
        code.mov(R11, RCX);
        code.test(R11, R11);
        int none = code.jz();
        code.align(32);
        int next = code.here();
        body.run();
        code.add(RAX, VECTOR_BYTES);
        code.sub(R11, 1);
        code.jnz(next);
        code.land(none);
    }

    private void ifMasked(Runnable body) {
        code.test(R8, R8);
        int none = code.jz();
        body.run();
        code.land(none);
    }

    /** Each of y = all of y, in the order of {@code VectorRows.fold}. */
    private void fold(Arithmetic op, int y, int scratch) {
        code.halves(scratch, y, y, 1);
        code.compute(op, y, y, scratch);
        code.permute(scratch, y, 0b10_11_00_01);
        code.compute(op, y, y, scratch);
        code.permute(scratch, y, 0b01_00_11_10);
        code.compute(op, y, y, scratch);
    }

    /** e^x, {@code VectorFunctions.decay}; returns the register that holds it, p. */
    private int decay(int x, int shifted, int n, int r, int p, int scratch) {
        code.load(shifted, constant(Coefficients.LOG2_E));
        code.compute(MUL_ADD, shifted, x, constant(Coefficients.ROUND));
        code.compute(SUB, n, shifted, constant(Coefficients.ROUND));
        code.load(scratch, constant(-Coefficients.LN2_HIGH));
        code.compute(MUL_ADD, scratch, n, x);
        code.load(r, constant(-Coefficients.LN2_LOW));
        code.compute(MUL_ADD, r, n, scratch);
        horner(p, r, Coefficients.exponential());
        code.compute(MUL, scratch, r, r);
        code.compute(MUL_ADD, p, scratch, r);
        code.shiftLeft(shifted, shifted, 23);
        code.compute(ADD_INT, shifted, shifted, constant(127 << 23));
        code.compute(MUL_ADD, p, shifted, shifted);
        code.notLess(n, x, constant(Coefficients.VANISHED));
        code.compute(AND, p, p, n);
        return p;
    }

    /** y = polynomial in x, the highest power's coefficient first. */
    private void horner(int y, int x, float[] coefficients) {
        code.load(y, constant(coefficients[0]));
        for (int i = 1; i < coefficients.length; i++) {
            code.compute(MUL_ADD, y, x, constant(coefficients[i]));
        }
    }

    private Address constant(float value) {
        return constant(Float.floatToRawIntBits(value));
    }

    private Address constant(int bits) {
        return Address.of(base, constants.offset(bits));
    }
}
