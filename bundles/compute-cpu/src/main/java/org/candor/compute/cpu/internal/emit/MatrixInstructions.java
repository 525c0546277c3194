package org.candor.compute.cpu.internal.emit;

import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Register;

/**
 * Instructions that newer processors have for products of bytes: those of AVX-512 VNNI, what else of AVX-512 goes with them,
 * and AMX, whose tiles are registers of up to 16 rows of 64 bytes; by the names in Intel's manual, volume 2. Used by one
 * thread.
 */
abstract class MatrixInstructions extends IntegerInstructions {

    private static final int VECTOR_BYTES = 64;

    /** What instructions on 512 bits compute with each 32-bit number of y, of a, and the same one of memory. */
    enum Repeated {
        /** y += products of the four unsigned bytes of a and the four signed ones of memory. */
        DOT_BYTES("vpdpbusd", MAP_0F38, PREFIX_66, 0x50),
        /** y += products of the two signed 16-bit integers of a and the two of memory. */
        DOT_SHORTS("vpdpwssd", MAP_0F38, PREFIX_66, 0x52),
        /** y = a * memory, in binary32. */
        MUL("vmulps", MAP_0F, NO_PREFIX, 0x59);

        private final String mnemonic;
        private final int map;
        private final int prefix;
        private final int opcode;

        Repeated(String mnemonic, int map, int prefix, int opcode) {
            this.mnemonic = mnemonic;
            this.map = map;
            this.prefix = prefix;
            this.opcode = opcode;
        }
    }

    /** y = y and a op one number in memory for all lanes, as {@code op} says. */
    void repeated(Repeated op, int y, int a, Address b) {
        note(op.mnemonic + " zmm" + y + ", zmm" + a + ", DWORD BCST " + b);
        evexRepeated(op.map, op.prefix, op.opcode, y, a, b);
    }

    /** y = the 16 32-bit integers of a as numbers. */
    void intToFloatWide(int y, int a) {
        note("vcvtdq2ps zmm" + y + ", zmm" + a);
        evex(MAP_0F, NO_PREFIX, SINGLE, 0x5B, y, 0, a, Masked.NO);
    }

    /** y = 16 32-bit integers of memory as numbers. */
    void intToFloatWide(int y, Address from) {
        note("vcvtdq2ps zmm" + y + ", ZMMWORD PTR " + from);
        evex(MAP_0F, NO_PREFIX, SINGLE, 0x5B, y, 0, from, VECTOR_BYTES, Masked.NO);
    }

    /** y = 16 numbers of 16 bits in memory. */
    void widenHalfWide(int y, Address from) {
        note("vcvtph2ps zmm" + y + ", YMMWORD PTR " + from);
        evex(MAP_0F38, PREFIX_66, SINGLE, 0x13, y, 0, from, VECTOR_BYTES / 2, Masked.NO);
    }

    /** y = a shifted to the right as unsigned 32-bit integers. */
    void shiftRightWide(int y, int a, int bits) {
        note("vpsrld zmm" + y + ", zmm" + a + ", " + bits);
        evex(MAP_0F, PREFIX_66, SINGLE, 0x72, 2, y, a, Masked.NO);
        bytes(bits);
    }

    /** y = a - b, bytes. */
    void subBytesWide(int y, int a, int b) {
        note("vpsubb zmm" + y + ", zmm" + a + ", zmm" + b);
        evex(MAP_0F, PREFIX_66, SINGLE, 0xF8, y, a, b, Masked.NO);
    }

    // ---- tiles ---------------------------------------------------------------------------------------------------

    /** Shapes of all tiles, from 64 bytes in memory; until then there are none. */
    void loadTileShapes(Address from) {
        note("ldtilecfg " + from);
        vexNarrow(MAP_0F38, NO_PREFIX, 0x49, 0, from);
    }

    /** Gives up all tiles, whose state the system need not save from then on. */
    void releaseTiles() {
        note("tilerelease");
        vexNarrow(MAP_0F38, NO_PREFIX, 0x49, 0, 0, 0);
    }

    /** tile = 0 */
    void zeroTile(int tile) {
        note("tilezero tmm" + tile);
        vexNarrow(MAP_0F38, PREFIX_F2, 0x49, tile, 0, 0);
    }

    /** tile = memory, its rows {@code stride} bytes apart. */
    void loadTile(int tile, Register from, Register stride) {
        Address address = Address.of(from, stride, 1, 0);
        note("tileloadd tmm" + tile + ", " + address);
        vexNarrow(MAP_0F38, PREFIX_F2, 0x4B, tile, address);
    }

    /** memory = tile, its rows {@code stride} bytes apart. */
    void storeTile(Register to, Register stride, int displacement, int tile) {
        Address address = Address.of(to, stride, 1, displacement);
        note("tilestored " + address + ", tmm" + tile);
        vexNarrow(MAP_0F38, PREFIX_F3, 0x4B, tile, address);
    }

    /** sums += a * b, of signed bytes: row m of a has bytes 4k to 4k+3 for row k of b, in which they meet those of column n. */
    void multiplyTiles(int sums, int a, int b) {
        note("tdpbssd tmm" + sums + ", tmm" + a + ", tmm" + b);
        vexNarrow(MAP_0F38, PREFIX_F2, 0x5E, sums, b, a);
    }
}
