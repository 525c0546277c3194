package org.candor.compute.cpu.internal.emit;

import org.candor.compute.cpu.internal.emit.Assembler.Address;

/**
 * Instructions on integers in vectors of 256 bits, which AVX2 has and products with quantised blocks are made of, by the names
 * in Intel's manual, volume 2. Used by one thread.
 */
abstract class IntegerInstructions extends Encoder {

    // -----------------------------------------------------------------------------

    /** What instructions on bytes and on integers of 16 and 32 bits compute: y = a op b. */
    enum Integers {
        /** a where b is positive, -a where it is negative, 0 where it is zero; bytes. */
        SIGN_8("vpsignb", MAP_0F38, 0x08),
        /** Products of unsigned bytes a and signed bytes b, added in pairs, saturated to 16 bits. */
        MULTIPLY_8("vpmaddubsw", MAP_0F38, 0x04),
        /** Products of 16 bits, added in pairs of 32 bits. */
        MULTIPLY_16("vpmaddwd", MAP_0F, 0xF5),
        ADD_16("vpaddw", MAP_0F, 0xFD),
        SUB_32("vpsubd", MAP_0F, 0xFA),
        /** The greater, as signed integers of 32 bits. */
        MAX_32("vpmaxsd", MAP_0F38, 0x3D),
        /** In each 128 bits, four integers of 32 bits of a, then four of b, saturated to 16 bits. */
        PACK_32("vpackssdw", MAP_0F, 0x6B),
        /** In each 128 bits, eight integers of 16 bits of a, then eight of b, saturated to 8 bits. */
        PACK_16("vpacksswb", MAP_0F, 0x63);

        private final String mnemonic;
        private final int map;
        private final int opcode;

        Integers(String mnemonic, int map, int opcode) {
            this.mnemonic = mnemonic;
            this.map = map;
            this.opcode = opcode;
        }
    }

    /** y = a op b */
    void integers(Integers op, int y, int a, int b) {
        note(op.mnemonic + " ymm" + y + ", ymm" + a + ", ymm" + b);
        vex(op.map, PREFIX_66, op.opcode, y, a, b);
    }

    /** y = |a|, bytes; unsigned, so that of -128 it is 128. */
    void sizes8(int y, int a) {
        note("vpabsb ymm" + y + ", ymm" + a);
        vex(MAP_0F38, PREFIX_66, 0x1C, y, 0, a);
    }

    /** All bits of y. */
    void allOnes(int y) {
        note("vpcmpeqd ymm" + y + ", ymm" + y + ", ymm" + y);
        vex(MAP_0F, PREFIX_66, 0x76, y, y, y);
    }

    /** y = a shifted to the right as unsigned 16-bit integers. */
    void shiftRight16(int y, int a, int bits) {
        note("vpsrlw ymm" + y + ", ymm" + a + ", " + bits);
        vex(MAP_0F, PREFIX_66, 0x71, 2, y, a);
        bytes(bits);
    }

    /** y = a shifted to the left as 16-bit integers. */
    void shiftLeft16(int y, int a, int bits) {
        note("vpsllw ymm" + y + ", ymm" + a + ", " + bits);
        vex(MAP_0F, PREFIX_66, 0x71, 6, y, a);
        bytes(bits);
    }

    /** y = a shifted to the right as unsigned 32-bit integers. */
    void shiftRight32(int y, int a, int bits) {
        note("vpsrld ymm" + y + ", ymm" + a + ", " + bits);
        vex(MAP_0F, PREFIX_66, 0x72, 2, y, a);
        bytes(bits);
    }

    /** y = the numbers of a rounded to 32-bit integers, halves to even. */
    void floatToInt(int y, int a) {
        note("vcvtps2dq ymm" + y + ", ymm" + a);
        vex(MAP_0F, PREFIX_66, 0x5B, y, 0, a);
    }

    /** All bits of y where a and b differ, or either is no number. */
    void notEqual(int y, int a, int b) {
        note("vcmpneqps ymm" + y + ", ymm" + a + ", ymm" + b);
        vex(MAP_0F, NO_PREFIX, 0xC2, y, a, b);
        bytes(4);
    }

    /** All bits of y where neither a nor b is no number. */
    void ordered(int y, int a, int b) {
        note("vcmpordps ymm" + y + ", ymm" + a + ", ymm" + b);
        vex(MAP_0F, NO_PREFIX, 0xC2, y, a, b);
        bytes(7);
    }

    /** y = the 32-bit integers of a as numbers. */
    void intToFloat(int y, int a) {
        note("vcvtdq2ps ymm" + y + ", ymm" + a);
        vex(MAP_0F, NO_PREFIX, 0x5B, y, 0, a);
    }

    /** y = eight 16-bit integers in memory with zeros above. */
    void widenShort(int y, Address from) {
        note("vpmovzxwd ymm" + y + ", XMMWORD PTR " + from);
        vex(MAP_0F38, PREFIX_66, 0x33, y, 0, from);
    }

    /** y = eight numbers of 16 bits in memory. */
    void widenHalf(int y, Address from) {
        note("vcvtph2ps ymm" + y + ", XMMWORD PTR " + from);
        vex(MAP_0F38, PREFIX_66, 0x13, y, 0, from);
    }
}
