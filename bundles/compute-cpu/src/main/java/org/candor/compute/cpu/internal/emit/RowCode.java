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
import org.candor.compute.cpu.internal.emit.Encoder.Masked;

/**
 * What happens to rows between the products: bias and activation, the powers of a softmax, norms. Each function does the
 * operations of {@code VectorFunctions} and {@code VectorRows} in their order, so the bits are the same.
 */
final class RowCode {

    /** Mask register, on 512 bits, of the numbers in a row's last, incomplete vector. */
    private static final int REST = 1;

    private static final int KEPT = 2;
    private static final Masked ONLY_REST = new Masked(REST, true);
    private static final Masked INTO_REST = new Masked(REST, false);

    private final Assembler code;
    private final int vectorBytes;
    /** Whether vectors have 512 bits. */
    private final boolean wide;

    private final Constants constants;
    /** Holds the address of the constants while a function is written. */
    private Register base;

    /** Numbers, each as often as a vector has numbers, that the functions take as operands from memory. */
    static final class Constants {
        private final int lanes;
        private final List<Integer> bits = new ArrayList<>();

        Constants(int lanes) {
            this.lanes = lanes;
        }

        private int offset(int value) {
            int index = bits.indexOf(value);
            if (index < 0) {
                index = bits.size();
                bits.add(value);
            }
            return 4 * lanes * index;
        }

        /** The table as it has to lie in memory. */
        int[] table() {
            int[] table = new int[lanes * bits.size()];
            for (int i = 0; i < table.length; i++) {
                table[i] = bits.get(i / lanes);
            }
            return table;
        }
    }

    RowCode(Assembler code, Constants constants) {
        this.code = code;
        this.constants = constants;
        vectorBytes = code.vectorBytes();
        wide = code.lanes() == 16;
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
            code.add(R10, vectorBytes);
        }
        if (gelu) {
            geluErf();
        }
        code.store(Address.of(RAX, 0), 0);
        code.add(RAX, vectorBytes);
        code.sub(R11, 1);
        code.jnz(next);
        code.add(RDI, RSI);
        code.sub(RCX, 1);
        code.jnz(nextRow);
        code.zeroUpper();
        code.ret();
        return offset;
    }

    /** Register 0 = its GELU, with 14 in register 15 and 0 in register 14; uses 1 to 12. */
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
     * the mask are touched: all bits of a number each, or on 512 bits a bit each. At least one row.
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
            if (wide) {
                code.loadMask(REST, Address.of(R8, 0));
                code.load(1, ONLY_REST, Address.of(RAX, 0));
                code.compute(MUL, 1, scale, 1);
                code.compute(MAX, largest, INTO_REST, 1, largest);
            } else {
                code.load(mask, Address.of(R8, 0));
                code.load(1, mask, Address.of(RAX, 0));
                code.compute(MUL, 1, scale, 1);
                code.compute(AND, 1, mask, 1);
                code.compute(AND_NOT, 2, mask, constant(Float.NEGATIVE_INFINITY));
                code.compute(OR, 1, 1, 2);
                code.compute(MAX, largest, 1, largest);
            }
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
            if (wide) {
                code.load(7, ONLY_REST, Address.of(RAX, 0));
            } else {
                code.load(7, mask, Address.of(RAX, 0));
            }
            code.compute(MUL_ADD, 7, scale, largest);
            int power = decay(7, 8, 9, 10, 11, 12);
            if (wide) {
                code.store(Address.of(RAX, 0), INTO_REST, power);
                code.compute(ADD, sums, INTO_REST, sums, power);
            } else {
                code.compute(AND, power, mask, power);
                code.store(Address.of(RAX, 0), mask, power);
                code.compute(ADD, sums, sums, power);
            }
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
     * with strides in bytes and columns the numbers in so many vectors. At least one row and one vector.
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
                code.add(R10, vectorBytes);
            }
            code.store(Address.of(R11, 0), 1);
            code.compute(ADD, 0, 0, 1);
            code.add(RAX, vectorBytes);
            code.add(R11, vectorBytes);
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
            code.add(R11, vectorBytes);
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
            code.add(RAX, vectorBytes);
            code.add(R10, vectorBytes);
            code.add(R11, vectorBytes);
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
     * Transposes rows of keys into panels, a square of as many rows as a vector has numbers at a time:
     *
     * <pre>void transpose(float* k, long stride, float* panels, long blocks, long panels)</pre>
     *
     * where each panel takes as many rows as it has columns, of {@code blocks} vectors each, and becomes as many rows as
     * those have numbers. At least one block and one panel.
     *
     * @param vectors width of a panel
     * @return the function's offset
     */
    int transpose(int vectors) {
        code.align(64);
        int offset = code.here();
        int width = vectors * vectorBytes;
        code.push(RBX);
        code.push(R12);
        code.lea(RBX, Address.of(RSI, RSI, 2, 0));
        int nextPanel = code.here();
        for (int vector = 0; vector < vectors; vector++) {
            code.mov(RAX, RDI);
            code.mov(R11, RDX);
            code.mov(R12, RCX);
            int place = vector * vectorBytes;
            eachVector(() -> {
                loadSquare();
                if (wide) {
                    square16(place, width);
                } else {
                    square8(place, width);
                }
                code.add(RAX, vectorBytes);
                code.add(R11, code.lanes() * width);
            });
            for (int row = 0; row < code.lanes(); row += 8) {
                code.lea(RDI, Address.of(RDI, RSI, 8, 0));
            }
        }
        code.mov(RDX, R11);
        code.sub(R8, 1);
        code.jnz(nextPanel);
        code.zeroUpper();
        code.pop(R12);
        code.pop(RBX);
        code.ret();
        return offset;
    }

    /** Rows from RAX on, RSI apart with thrice that in RBX, into the registers from 0 on. */
    private void loadSquare() {
        code.mov(R10, RAX);
        for (int row = 0; row < code.lanes(); row += 4) {
            code.load(row, Address.of(R10, 0));
            code.load(row + 1, Address.of(R10, RSI, 1, 0));
            code.load(row + 2, Address.of(R10, RSI, 2, 0));
            code.load(row + 3, Address.of(R10, RBX, 1, 0));
            code.lea(R10, Address.of(R10, RSI, 4, 0));
        }
    }

    /**
     * Registers 0 to n - 1 hold rows. Afterwards register 4g + j holds, in each 128 bits, column j of those of rows 4g to
     * 4g + 3.
     */
    private void transposeFours() {
        int n = code.lanes();
        for (int i = 0; i < n; i += 2) {
            code.compute(UNPACK_LOW, n + i, i, i + 1);
            code.compute(UNPACK_HIGH, n + 1 + i, i, i + 1);
        }
        for (int four = 0; four < n; four += 4) {
            for (int i = 0; i < 2; i++) {
                code.shuffle(four + 2 * i, n + four + i, n + four + 2 + i, 0b01_00_01_00);
                code.shuffle(four + 2 * i + 1, n + four + i, n + four + 2 + i, 0b11_10_11_10);
            }
        }
    }

    /** Registers 0 to 7 become columns of the 8 rows at R11. */
    private void square8(int place, int width) {
        transposeFours();
        for (int j = 0; j < 4; j++) {
            code.halves(8 + j, j, 4 + j, 0x20);
            code.halves(12 + j, j, 4 + j, 0x31);
        }
        for (int i = 0; i < 8; i++) {
            code.store(Address.of(R11, i * width + place), 8 + i);
        }
    }

    /** Registers 0 to 15 become columns of the 16 rows at R11. */
    private void square16(int place, int width) {
        transposeFours();
        int even = 0b10_00_10_00;
        int odd = 0b11_01_11_01;
        for (int j = 0; j < 4; j++) {
            code.quarters(16, j, 4 + j, even);
            code.quarters(17, 8 + j, 12 + j, even);
            code.quarters(18, j, 4 + j, odd);
            code.quarters(19, 8 + j, 12 + j, odd);
            code.quarters(20, 16, 17, even);
            code.quarters(21, 18, 19, even);
            code.quarters(22, 16, 17, odd);
            code.quarters(23, 18, 19, odd);
            for (int quarter = 0; quarter < 4; quarter++) {
                code.store(Address.of(R11, (4 * quarter + j) * width + place), 20 + quarter);
            }
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
        code.add(RAX, vectorBytes);
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
        if (wide) {
            // Each quarter becomes ((0 + 1) + 2) + 3.
            int sum = scratch + 1;
            code.quarters(sum, y, y, 0b00_00_00_00);
            for (int quarter = 1; quarter < 4; quarter++) {
                code.quarters(scratch, y, y, quarter * 0b01_01_01_01);
                code.compute(op, sum, sum, scratch);
            }
            code.move(y, Masked.NO, sum);
        } else {
            code.halves(scratch, y, y, 1);
            code.compute(op, y, y, scratch);
        }
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
        if (wide) {
            code.notLessMask(KEPT, x, constant(Coefficients.VANISHED));
            code.move(p, new Masked(KEPT, true), p);
        } else {
            code.notLess(n, x, constant(Coefficients.VANISHED));
            code.compute(AND, p, p, n);
        }
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
