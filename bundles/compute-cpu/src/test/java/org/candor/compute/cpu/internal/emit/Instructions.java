package org.candor.compute.cpu.internal.emit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Arithmetic;
import org.candor.compute.cpu.internal.emit.Assembler.Register;

/**
 * Every instruction of the assembler with low and high registers and every form of address. Run as a program it prints them
 * as source for GNU as, from whose listing {@code instructions.txt} is made:
 *
 * <pre>
 * java ... Instructions > i.s; as -o i.o i.s; objdump -d -M intel --insn-width=16 i.o
 * </pre>
 */
final class Instructions {

    private Instructions() {}

    static List<String> source() {
        return write().listing().stream().map(line -> line.substring(7)).toList();
    }

    /** The bytes of each instruction, in the order of {@link #source}. */
    static List<byte[]> bytes() {
        Assembler code = write();
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

    private static Assembler write() {
        Assembler code = new Assembler();
        List<Address> addresses = addresses();
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
            code.zero(v[0]);
            code.broadcast(v[0], v[1]);
            code.broadcastDouble(v[0], v[1]);
            code.toDouble(v[0], v[1]);
            code.toFloat(v[0], v[1]);
            code.rootDouble(v[0], v[1]);
            code.shiftLeft(v[0], v[1], 23);
            code.halves(v[0], v[1], v[2], 0x31);
            code.shuffle(v[0], v[1], v[2], 0xEE);
            code.permute(v[0], v[1], 0xB1);
            code.fma(v[0], v[1], v[2]);
        }
        for (Address address : addresses) {
            code.mov(Register.RDX, address);
            code.mov(Register.R14, address);
            code.movInt(address, Register.RCX);
            code.movInt(address, Register.R10);
            code.lea(Register.RBX, address);
            for (int y : new int[] {3, 13}) {
                code.load(y, address);
                code.store(address, y);
                code.broadcast(y, address);
                code.storeLowest(address, y);
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
        return code;
    }

    private static List<Address> addresses() {
        List<Address> addresses = new ArrayList<>();
        for (Register base : Register.values()) {
            for (int displacement : new int[] {0, -128, 128}) {
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
        source().forEach(System.out::println);
    }
}
