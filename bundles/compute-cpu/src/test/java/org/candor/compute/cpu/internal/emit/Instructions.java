package org.candor.compute.cpu.internal.emit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Arithmetic;
import org.candor.compute.cpu.internal.emit.Assembler.Register;
import org.candor.compute.cpu.internal.emit.Encoder.Masked;
import org.candor.compute.cpu.internal.emit.IntegerInstructions.Integers;
import org.candor.compute.cpu.internal.emit.MatrixInstructions.Repeated;

/**
 * Every instruction of the assembler with low and high registers and every form of address. Run as a program it prints them
 * as source for GNU as, from whose listing {@code instructions-8.txt} and {@code instructions-16.txt} are
 * made:
 *
 * <pre>
 * java ... Instructions 8 > i.s; as -o i.o i.s; objdump -d -M intel --insn-width=16 i.o
 * </pre>
 */
final class Instructions {

    private Instructions() {}

    /** @param lanes 8 or 16 */
    static List<String> source(int lanes) {
        return write(lanes).listing().stream().map(line -> line.substring(7)).toList();
    }

    /** The bytes of each instruction, in the order of {@link #source}. */
    static List<byte[]> bytes(int lanes) {
        Assembler code = write(lanes);
        List<Integer> starts = new ArrayList<>();
        code.listing()
                .forEach(
                        line -> starts.add(Integer.parseInt(line.substring(0, 5).strip())));
        starts.add(code.code().length);
        List<byte[]> bytes = new ArrayList<>();
        for (int i = 0; i + 1 < starts.size(); i++) {
            bytes.add(Arrays.copyOfRange(code.code(), starts.get(i), starts.get(i + 1)));
        }
        return bytes;
    }

    private static Assembler write(int lanes) {
        Assembler code = new Assembler(lanes);
        if (lanes == 16) {
            wide(code);
            tiles(code);
        } else {
            narrow(code);
        }
        return code;
    }

    private static void wide(Assembler code) {
        int[][] vectors = {{0, 1, 2}, {31, 1, 2}, {0, 31, 2}, {0, 1, 31}, {8, 16, 24}, {7, 8, 15}, {20, 12, 4}};
        Masked[] masks = {new Masked(1, true), new Masked(7, false)};
        for (int[] v : vectors) {
            for (Arithmetic op : Arithmetic.values()) {
                code.compute(op, v[0], v[1], v[2]);
                code.compute(op, v[0], masks[v[0] & 1], v[1], v[2]);
            }
            both(code, v);
            code.quarters(v[0], v[1], v[2], 0x88);
            for (Masked masked : masks) {
                code.move(v[0], masked, v[1]);
            }
            code.intToFloatWide(v[0], v[1]);
            code.shiftRightWide(v[0], v[1], 4);
            code.subBytesWide(v[0], v[1], v[2]);
        }
        code.move(3, Masked.NO, 17);
        List<Address> addresses = addresses(new int[] {0, -64});
        for (int displacement : new int[] {4, 60, 508, 512, -512, -516, 8128, 8192, -8192, -8256}) {
            addresses.add(Address.of(Register.RAX, displacement));
            addresses.add(Address.of(Register.R12, displacement));
        }
        for (Address address : addresses) {
            for (int y : new int[] {3, 26}) {
                code.load(y, address);
                code.store(address, y);
                code.broadcast(y, address);
                code.fma(y, 31 - y, address);
                code.compute(Arithmetic.MUL_ADD, y, 31 - y, address);
                code.notLessMask(1 + y % 7, y, address);
                code.load(y, masks[0], address);
                code.store(address, masks[1], y);
                code.intToFloatWide(y, address);
                code.widenHalfWide(y, address);
                for (Repeated op : Repeated.values()) {
                    code.repeated(op, y, 31 - y, address);
                }
            }
            code.loadMask(5, address);
            code.loadTileShapes(address);
        }
        for (Arithmetic op : Arithmetic.values()) {
            code.compute(op, 3, 28, Address.of(Register.RAX, 64));
            code.compute(op, 29, 2, Address.of(Register.R13, Register.R8, 4, 0));
        }
    }

    private static void tiles(Assembler code) {
        code.releaseTiles();
        for (int tile = 0; tile < 8; tile++) {
            code.zeroTile(tile);
            code.multiplyTiles(tile, (tile + 3) % 8, (tile + 6) % 8);
            for (Register from : new Register[] {Register.RSP, Register.RBP, Register.R12, Register.R13}) {
                for (Register stride : new Register[] {Register.RAX, Register.RBP, Register.R8, Register.R12}) {
                    code.loadTile(tile, from, stride);
                    code.storeTile(from, stride, 0, tile);
                    code.storeTile(from, stride, 1024, tile);
                }
            }
        }
    }

    private static void narrow(Assembler code) {
        List<Address> addresses = addresses(new int[] {0, -128, 128});
        for (Register r : Register.values()) {
            code.push(r);
            code.pop(r);
            code.movInt(r, 0x12345678);
            for (Register other : new Register[] {Register.RAX, Register.RSP, Register.R9, Register.R15}) {
                code.mov(r, other);
                code.add(r, other);
                code.test(r, other);
            }
            for (int value : new int[] {1, -128, 127}) {
                code.add(r, value);
                code.sub(r, value);
                code.and(r, value);
            }
            if (r != Register.RAX) {
                code.add(r, 128);
                code.sub(r, 100_000);
                code.and(r, -129);
            }
            code.shr(r, 2);
        }
        int[][] vectors = {{0, 1, 2}, {15, 1, 2}, {0, 15, 2}, {0, 1, 15}, {8, 9, 10}, {7, 8, 9}, {12, 3, 4}};
        for (int[] v : vectors) {
            for (Arithmetic op : Arithmetic.values()) {
                code.compute(op, v[0], v[1], v[2]);
            }
            both(code, v);
            code.halves(v[0], v[1], v[2], 0x31);
            for (Integers op : Integers.values()) {
                code.integers(op, v[0], v[1], v[2]);
            }
            code.sizes8(v[0], v[1]);
            code.allOnes(v[0]);
            code.shiftRight16(v[0], v[1], 12);
            code.shiftLeft16(v[0], v[1], 8);
            code.intToFloat(v[0], v[1]);
            code.shiftRight32(v[0], v[1], 1);
            code.floatToInt(v[0], v[1]);
            code.notEqual(v[0], v[1], v[2]);
            code.ordered(v[0], v[1], v[2]);
        }
        for (Address address : addresses) {
            code.mov(Register.RDX, address);
            code.mov(Register.R14, address);
            code.mov(address, Register.RCX);
            code.mov(address, Register.R15);
            code.add(Register.R10, address);
            code.add(Register.RCX, address);
            code.movInt(address, Register.RCX);
            code.movInt(address, Register.R10);
            code.lea(Register.RBX, address);
            code.prefetch(address);
            for (int y : new int[] {3, 13}) {
                code.load(y, address);
                code.store(address, y);
                code.broadcast(y, address);
                code.storeLowest(address, y);
                code.widenHalf(y, address);
                code.widenShort(y, address);
                code.load(y, 15 - y, address);
                code.store(address, 15 - y, y);
                code.fma(y, 15 - y, address);
                code.notLess(y, 15 - y, address);
                code.compute(Arithmetic.MUL_ADD, y, 15 - y, address);
            }
        }
        for (Arithmetic op : Arithmetic.values()) {
            code.compute(op, 3, 12, Address.of(Register.RAX, 64));
            code.compute(op, 13, 2, Address.of(Register.R13, Register.R8, 4, 0));
        }
        code.cpuid();
        code.xgetbv();
        code.zeroUpper();
        code.ret();
    }

    /** What both widths have, on registers. */
    private static void both(Assembler code, int[] v) {
        code.zero(v[0]);
        code.broadcast(v[0], v[1]);
        code.broadcastDouble(v[0], v[1]);
        code.toDouble(v[0], v[1]);
        code.toFloat(v[0], v[1]);
        code.rootDouble(v[0], v[1]);
        code.shiftLeft(v[0], v[1], 23);
        code.shuffle(v[0], v[1], v[2], 0xEE);
        code.permute(v[0], v[1], 0xB1);
        code.fma(v[0], v[1], v[2]);
    }

    private static List<Address> addresses(int[] displacements) {
        List<Address> addresses = new ArrayList<>();
        for (Register base : Register.values()) {
            for (int displacement : displacements) {
                addresses.add(Address.of(base, displacement));
            }
        }
        for (Register base : new Register[] {Register.RDI, Register.RBP, Register.RSP, Register.R12, Register.R13}) {
            for (Register index :
                    new Register[] {Register.RSI, Register.RBP, Register.R8, Register.R12, Register.R13}) {
                addresses.add(Address.of(base, index, 1, 0));
                addresses.add(Address.of(base, index, 2, 64));
                addresses.add(Address.of(base, index, 8, 4096));
            }
        }
        return addresses;
    }

    public static void main(String[] arguments) {
        System.out.println(".intel_syntax noprefix");
        source(Integer.parseInt(arguments[0])).forEach(System.out::println);
    }
}
