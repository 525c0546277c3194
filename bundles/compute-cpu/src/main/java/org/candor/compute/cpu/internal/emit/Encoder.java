package org.candor.compute.cpu.internal.emit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Register;

/**
 * Bytes of x86-64 instructions: prefixes, opcode and operands (Intel 64 and IA-32 Architectures Software Developer's
 * Manual, volume 2, chapter 2). Vector instructions take the VEX prefix, those on 512 bits the EVEX prefix. Used by one
 * thread.
 */
abstract class Encoder {

    static final int NO_PREFIX = 0;
    static final int PREFIX_66 = 1;
    static final int PREFIX_F3 = 2;
    static final int PREFIX_F2 = 3;
    static final int MAP_0F = 1;
    static final int MAP_0F38 = 2;
    static final int MAP_0F3A = 3;

    /** W of the EVEX prefix: 32-bit or 64-bit numbers. VEX has no need of it here. */
    static final int SINGLE = 0;

    static final int DOUBLE = 1;

    private byte[] code = new byte[1024];
    private int size;
    private final List<String> listing = new ArrayList<>();

    /** The code so far. */
    byte[] code() {
        return Arrays.copyOf(code, size);
    }

    /** The instructions so far, in Intel syntax, each with its offset. */
    List<String> listing() {
        return List.copyOf(listing);
    }

    /** Offset of the next instruction: a target of jumps. */
    int here() {
        return size;
    }

    final void note(String text) {
        listing.add(String.format(Locale.ROOT, "%5d  %s", size, text));
    }

    final void integer(int opcode, int reg, Register rm) {
        bytes(0x48 | (reg >> 3) << 2 | rm.ordinal() >> 3, opcode, 0xC0 | (reg & 7) << 3 | rm.ordinal() & 7);
    }

    final void integer(int opcode, int reg, Address address) {
        bytes(0x48 | (reg >> 3) << 2 | rexOf(address), opcode);
        modRm(reg, address, 1);
    }

    final void immediate(int operation, Register to, int value) {
        if (value == (byte) value) {
            integer(0x83, operation, to);
            bytes(value);
        } else {
            integer(0x81, operation, to);
            int32(value);
        }
    }

    static int rexOf(Address address) {
        int x = address.index() == null ? 0 : address.index().ordinal() >> 3;
        return x << 1 | address.base().ordinal() >> 3;
    }

    final void vex(int map, int prefix, int opcode, int reg, int second, int rm) {
        vexPrefix(map, prefix, reg, second, rm >> 3, 1);
        bytes(opcode, 0xC0 | (reg & 7) << 3 | rm & 7);
    }

    final void vex(int map, int prefix, int opcode, int reg, int second, Address address) {
        vexPrefix(map, prefix, reg, second, rexOf(address), 1);
        bytes(opcode);
        modRm(reg, address, 1);
    }

    /** On tiles. */
    final void vexNarrow(int map, int prefix, int opcode, int reg, int second, int rm) {
        vexPrefix(map, prefix, reg, second, rm >> 3, 0);
        bytes(opcode, 0xC0 | (reg & 7) << 3 | rm & 7);
    }

    /** On 128 bits, a single number or a tile. */
    final void vexNarrow(int map, int prefix, int opcode, int reg, Address address) {
        vexPrefix(map, prefix, reg, 0, rexOf(address), 0);
        bytes(opcode);
        modRm(reg, address, 1);
    }

    /**
     * W = 0. The form of two bytes where it can say the same.
     *
     * @param xb extensions of index and base, or of a register in their place
     * @param wide 1 for 256 bits, 0 for 128 or a single number
     */
    private void vexPrefix(int map, int prefix, int reg, int second, int xb, int wide) {
        int last = (~second & 15) << 3 | wide << 2 | prefix;
        int r = (~reg >> 3 & 1) << 7;
        if (map == MAP_0F && xb == 0) {
            bytes(0xC5, r | last);
        } else {
            bytes(0xC4, r | (~xb & 3) << 5 | map, last);
        }
    }

    /** On 512 bits. */
    final void evex(int map, int prefix, int w, int opcode, int reg, int second, int rm, Masked masked) {
        evexPrefix(map, prefix, w, reg, second, rm >> 4 << 1 | rm >> 3 & 1, masked);
        bytes(opcode, 0xC0 | (reg & 7) << 3 | rm & 7);
    }

    /** On 512 bits, with one 32-bit number of memory in all lanes. */
    final void evexRepeated(int map, int prefix, int opcode, int reg, int second, Address address) {
        evexPrefix(map, prefix, SINGLE, reg, second, rexOf(address), Masked.NO, 1);
        bytes(opcode);
        modRm(reg, address, Integer.BYTES);
    }

    /**
     * On 512 bits.
     *
     * @param unit bytes that a displacement of one byte counts: all 64, or 4 where one number is read
     */
    final void evex(
            int map, int prefix, int w, int opcode, int reg, int second, Address address, int unit, Masked masked) {
        evexPrefix(map, prefix, w, reg, second, rexOf(address), masked);
        bytes(opcode);
        modRm(reg, address, unit);
    }

    /**
     * Which numbers an instruction on 512 bits writes.
     *
     * @param register 1 to 7: those whose bit is set there; 0: all
     * @param zeroing whether the others become zero instead of staying
     */
    record Masked(int register, boolean zeroing) {
        static final Masked NO = new Masked(0, false);

        @Override
        public String toString() {
            return register == 0 ? "" : "{k" + register + "}" + (zeroing ? "{z}" : "");
        }
    }

    private void evexPrefix(int map, int prefix, int w, int reg, int second, int xb, Masked masked) {
        evexPrefix(map, prefix, w, reg, second, xb, masked, 0);
    }

    /** @param repeated 1 where one number of memory stands in all lanes */
    private void evexPrefix(int map, int prefix, int w, int reg, int second, int xb, Masked masked, int repeated) {
        int rxb = (~reg >> 3 & 1) << 7 | (~xb & 3) << 5 | (~reg >> 4 & 1) << 4;
        int length = 0b10 << 5;
        bytes(
                0x62,
                rxb | map,
                w << 7 | (~second & 15) << 3 | 1 << 2 | prefix,
                (masked.zeroing ? 0x80 : 0) | length | repeated << 4 | (~second >> 4 & 1) << 3 | masked.register);
    }

    /** @param unit what a displacement of one byte counts */
    final void modRm(int reg, Address address, int unit) {
        int base = address.base().ordinal() & 7;
        int displacement = address.displacement();
        int units = displacement / unit;
        boolean small = displacement % unit == 0 && units == (byte) units;
        // RBP and R13 as base have no form without a displacement, RSP and R12 none without an index byte.
        int mode = displacement == 0 && base != 5 ? 0 : small ? 1 : 2;
        boolean indexed = address.index() != null || base == 4;
        bytes(mode << 6 | (reg & 7) << 3 | (indexed ? 4 : base));
        if (indexed) {
            int index = address.index() == null ? 4 : address.index().ordinal() & 7;
            bytes(Integer.numberOfTrailingZeros(address.scale()) << 6 | index << 3 | base);
        }
        if (mode == 1) {
            bytes(units);
        } else if (mode == 2) {
            int32(displacement);
        }
    }

    /** Writes over four bytes that are there already. */
    final void patch(int offset, int value) {
        for (int i = 0; i < 4; i++) {
            code[offset + i] = (byte) (value >> 8 * i);
        }
    }

    final void int32(int value) {
        bytes(value, value >> 8, value >> 16, value >> 24);
    }

    final void bytes(int... values) {
        if (size + values.length > code.length) {
            code = Arrays.copyOf(code, 2 * code.length);
        }
        for (int value : values) {
            code[size++] = (byte) value;
        }
    }
}
