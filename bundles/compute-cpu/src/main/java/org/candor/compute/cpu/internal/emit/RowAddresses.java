package org.candor.compute.cpu.internal.emit;

import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Register;

/**
 * Addresses of up to 16 rows that lie one stride apart, from four registers: an address adds 1, 2, 4 or 8 strides to one, and
 * with those of rows 0, 1, 6 and 11 that reaches all.
 */
final class RowAddresses {

    /** Most rows. */
    static final int MOST = 16;

    private static final int[] BASES = {0, 1, 6, 11};

    private final Assembler code;
    private final Register[] bases;
    private final Register stride;
    private final int rows;

    /**
     * @param bases four registers
     * @param stride the register that holds it
     * @param rows 1 to {@link #MOST}
     */
    RowAddresses(Assembler code, Register[] bases, Register stride, int rows) {
        this.code = code;
        this.bases = bases.clone();
        this.stride = stride;
        this.rows = rows;
    }

    /** Sets the registers for rows from {@code first} on. */
    void start(Register first) {
        code.mov(bases[0], first);
        if (used(1)) {
            code.lea(bases[1], Address.of(first, stride, 1, 0));
        }
        if (used(2)) {
            code.lea(bases[2], Address.of(first, stride, 2, 0));
            code.lea(bases[2], Address.of(bases[2], stride, 4, 0));
        }
        if (used(3)) {
            code.lea(bases[3], Address.of(bases[1], stride, 2, 0));
            code.lea(bases[3], Address.of(bases[3], stride, 8, 0));
        }
    }

    /** Moves all of them by so many bytes. */
    void advance(int bytes) {
        for (int base = 0; base < BASES.length; base++) {
            if (used(base)) {
                code.add(bases[base], bytes);
            }
        }
    }

    /** Where a row is, and some bytes behind. */
    Address row(int row, int displacement) {
        for (int base = 0; base < BASES.length; base++) {
            int strides = row - BASES[base];
            if (strides == 0) {
                return Address.of(bases[base], displacement);
            }
            if (strides > 0 && strides <= 8 && Integer.bitCount(strides) == 1) {
                return Address.of(bases[base], stride, strides, displacement);
            }
        }
        throw new IllegalArgumentException("row " + row);
    }

    private boolean used(int base) {
        // The fourth is made from the second.
        return BASES[base] < rows;
    }
}
