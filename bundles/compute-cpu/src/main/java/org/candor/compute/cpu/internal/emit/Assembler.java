package org.candor.compute.cpu.internal.emit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Writes x86-64 machine code: the few instructions that the kernels are made of, with 64-bit integer and 256-bit vector
 * registers (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2). Each is encoded as GNU as encodes
 * it, which a test holds it to, except that jumps always take a 32-bit displacement. Used by one thread.
 */
final class Assembler {

    /** 64-bit registers, in the order of their numbers. */
    enum Register {
        RAX,
        RCX,
        RDX,
        RBX,
        RSP,
        RBP,
        RSI,
        RDI,
        R8,
        R9,
        R10,
        R11,
        R12,
        R13,
        R14,
        R15;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An address: base + index * scale + displacement.
     *
     * @param index any but RSP, or null
     * @param scale 1, 2, 4 or 8
     */
    record Address(Register base, Register index, int scale, int displacement) {
        Address {
            if (index == Register.RSP || Integer.bitCount(scale) != 1 || scale < 1 || scale > 8) {
                throw new IllegalArgumentException("no address: " + base + " + " + index + " * " + scale);
            }
        }

        static Address of(Register base, int displacement) {
            return new Address(base, null, 1, displacement);
        }

        static Address of(Register base, Register index, int scale, int displacement) {
            return new Address(base, index, scale, displacement);
        }

        @Override
        public String toString() {
            String indexed = index == null ? "" : " + " + index + "*" + scale;
            String moved = displacement == 0 ? "" : displacement < 0 ? " - " + -displacement : " + " + displacement;
            return "[" + base + indexed + moved + "]";
        }
    }

    private static final int NO_PREFIX = 0;
    private static final int PREFIX_66 = 1;
    private static final int MAP_0F = 1;
    private static final int PREFIX_F3 = 2;
    private static final int MAP_0F38 = 2;
    private static final int MAP_0F3A = 3;

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

    /** Fills up with no-operations, so that what follows starts at a multiple of {@code bytes}. */
    void align(int bytes) {
        while (size % bytes != 0) {
            note("nop");
            bytes(0x90);
        }
    }

    // ---- integers ------------------------------------------------------------------------------------------------

    void push(Register r) {
        note("push " + r);
        if (r.ordinal() >= 8) {
            bytes(0x41);
        }
        bytes(0x50 | r.ordinal() & 7);
    }

    void pop(Register r) {
        note("pop " + r);
        if (r.ordinal() >= 8) {
            bytes(0x41);
        }
        bytes(0x58 | r.ordinal() & 7);
    }

    void mov(Register to, Register from) {
        note("mov " + to + ", " + from);
        integer(0x89, from.ordinal(), to);
    }

    void mov(Register to, Address from) {
        note("mov " + to + ", " + from);
        integer(0x8B, to.ordinal(), from);
    }

    /** The low 32 bits; the upper ones become zero. */
    void movInt(Register to, int value) {
        note("mov " + name32(to) + ", " + value);
        if (to.ordinal() >= 8) {
            bytes(0x41);
        }
        bytes(0xB8 | to.ordinal() & 7);
        int32(value);
    }

    /** Stores the low 32 bits. */
    void movInt(Address to, Register from) {
        note("mov DWORD PTR " + to + ", " + name32(from));
        int rex = (from.ordinal() >> 3) << 2 | rexOf(to);
        if (rex != 0) {
            bytes(0x40 | rex);
        }
        bytes(0x89);
        modRm(from.ordinal(), to);
    }

    void lea(Register to, Address address) {
        note("lea " + to + ", " + address);
        integer(0x8D, to.ordinal(), address);
    }

    void add(Register to, Register from) {
        note("add " + to + ", " + from);
        integer(0x01, from.ordinal(), to);
    }

    /** @param value fits into 8 bits, or {@code to} is not RAX, whose own short form is not written */
    void add(Register to, int value) {
        note("add " + to + ", " + value);
        immediate(0, to, value);
    }

    void and(Register to, int value) {
        note("and " + to + ", " + value);
        immediate(4, to, value);
    }

    void sub(Register to, int value) {
        note("sub " + to + ", " + value);
        immediate(5, to, value);
    }

    /** Logical shift to the right. */
    void shr(Register to, int bits) {
        note("shr " + to + ", " + bits);
        integer(0xC1, 5, to);
        bytes(bits);
    }

    void test(Register a, Register b) {
        note("test " + a + ", " + b);
        integer(0x85, b.ordinal(), a);
    }

    /** Jumps when the last result was not zero. */
    void jnz(int target) {
        note("jnz " + target);
        bytes(0x0F, 0x85);
        int32(target - (size + 4));
    }

    /** Jumps forward when the last result was zero, to where {@link #land} is called with the number returned. */
    int jz() {
        note("jz forward");
        bytes(0x0F, 0x84);
        int32(0);
        return size;
    }

    /** The jump leads here. */
    void land(int jump) {
        int distance = size - jump;
        for (int i = 0; i < 4; i++) {
            code[jump - 4 + i] = (byte) (distance >> 8 * i);
        }
    }

    void ret() {
        note("ret");
        bytes(0xC3);
    }

    /** Features by EAX and ECX, into EAX, EBX, ECX and EDX. */
    void cpuid() {
        note("cpuid");
        bytes(0x0F, 0xA2);
    }

    /** What the operating system saves, by ECX, into EDX:EAX. */
    void xgetbv() {
        note("xgetbv");
        bytes(0x0F, 0x01, 0xD0);
    }

    // ---- vectors -------------------------------------------------------------------------------------------------

    /** y = 0 */
    void zero(int y) {
        compute(Arithmetic.XOR, y, y, y);
    }

    /** y = memory, 8 numbers at any address. */
    void load(int y, Address from) {
        note("vmovups ymm" + y + ", YMMWORD PTR " + from);
        vex(MAP_0F, NO_PREFIX, 0x10, y, 0, from);
    }

    /** memory = y */
    void store(Address to, int y) {
        note("vmovups YMMWORD PTR " + to + ", ymm" + y);
        vex(MAP_0F, NO_PREFIX, 0x11, y, 0, to);
    }

    /** Each of y = one number in memory. */
    void broadcast(int y, Address from) {
        note("vbroadcastss ymm" + y + ", DWORD PTR " + from);
        vex(MAP_0F38, PREFIX_66, 0x18, y, 0, from);
    }

    /** What three-operand instructions compute: y = a op b. */
    enum Arithmetic {
        ADD("vaddps", MAP_0F, NO_PREFIX, 0x58),
        SUB("vsubps", MAP_0F, NO_PREFIX, 0x5C),
        MUL("vmulps", MAP_0F, NO_PREFIX, 0x59),
        DIV("vdivps", MAP_0F, NO_PREFIX, 0x5E),
        /** b where either is no number. */
        MIN("vminps", MAP_0F, NO_PREFIX, 0x5D),
        /** b where either is no number. */
        MAX("vmaxps", MAP_0F, NO_PREFIX, 0x5F),
        AND("vandps", MAP_0F, NO_PREFIX, 0x54),
        /** Not a, and b. */
        AND_NOT("vandnps", MAP_0F, NO_PREFIX, 0x55),
        OR("vorps", MAP_0F, NO_PREFIX, 0x56),
        XOR("vxorps", MAP_0F, NO_PREFIX, 0x57),
        /** From each half, the lower two of a and of b by turns. */
        UNPACK_LOW("vunpcklps", MAP_0F, NO_PREFIX, 0x14),
        /** From each half, the upper two of a and of b by turns. */
        UNPACK_HIGH("vunpckhps", MAP_0F, NO_PREFIX, 0x15),
        /** On 64-bit numbers. */
        ADD_DOUBLE("vaddpd", MAP_0F, PREFIX_66, 0x58),
        /** On 64-bit numbers. */
        DIV_DOUBLE("vdivpd", MAP_0F, PREFIX_66, 0x5E),
        /** On 32-bit integers. */
        ADD_INT("vpaddd", MAP_0F, PREFIX_66, 0xFE),
        /** y = a * y + b, rounded once. */
        MUL_ADD("vfmadd213ps", MAP_0F38, PREFIX_66, 0xA8),
        /** y = a * y - b, rounded once. */
        MUL_SUB("vfmsub213ps", MAP_0F38, PREFIX_66, 0xAA);

        private final String mnemonic;
        private final int map;
        private final int prefix;
        private final int opcode;

        Arithmetic(String mnemonic, int map, int prefix, int opcode) {
            this.mnemonic = mnemonic;
            this.map = map;
            this.prefix = prefix;
            this.opcode = opcode;
        }
    }

    /** y = a op b */
    void compute(Arithmetic op, int y, int a, int b) {
        note(op.mnemonic + " ymm" + y + ", ymm" + a + ", ymm" + b);
        vex(op.map, op.prefix, op.opcode, y, a, b);
    }

    /** y = a op memory */
    void compute(Arithmetic op, int y, int a, Address b) {
        note(op.mnemonic + " ymm" + y + ", ymm" + a + ", YMMWORD PTR " + b);
        vex(op.map, op.prefix, op.opcode, y, a, b);
    }

    /** Each of y = the lowest of a. */
    void broadcast(int y, int a) {
        note("vbroadcastss ymm" + y + ", xmm" + a);
        vex(MAP_0F38, PREFIX_66, 0x18, y, 0, a);
    }

    /** Each 64-bit number of y = the lowest of a. */
    void broadcastDouble(int y, int a) {
        note("vbroadcastsd ymm" + y + ", xmm" + a);
        vex(MAP_0F38, PREFIX_66, 0x19, y, 0, a);
    }

    /** y = the lower four numbers of a as 64-bit numbers. */
    void toDouble(int y, int a) {
        note("vcvtps2pd ymm" + y + ", xmm" + a);
        vex(MAP_0F, NO_PREFIX, 0x5A, y, 0, a);
    }

    /** Lower half of y = the four 64-bit numbers of a, rounded; the upper half becomes zero. */
    void toFloat(int y, int a) {
        note("vcvtpd2ps xmm" + y + ", ymm" + a);
        vex(MAP_0F, PREFIX_66, 0x5A, y, 0, a);
    }

    /** y = square roots of the 64-bit numbers of a. */
    void rootDouble(int y, int a) {
        note("vsqrtpd ymm" + y + ", ymm" + a);
        vex(MAP_0F, PREFIX_66, 0x51, y, 0, a);
    }

    /** All bits of y where a is not less than memory, or either is no number. */
    void notLess(int y, int a, Address b) {
        note("vcmpnltps ymm" + y + ", ymm" + a + ", YMMWORD PTR " + b);
        vex(MAP_0F, NO_PREFIX, 0xC2, y, a, b);
        bytes(5);
    }

    /** y = a shifted to the left as 32-bit integers. */
    void shiftLeft(int y, int a, int bits) {
        note("vpslld ymm" + y + ", ymm" + a + ", " + bits);
        vex(MAP_0F, PREFIX_66, 0x72, 6, y, a);
        bytes(bits);
    }

    /** y = halves of a (0 lower, 1 upper) and b (2, 3): the one of {@code choice}'s lowest four bits, then of the next. */
    void halves(int y, int a, int b, int choice) {
        note("vperm2f128 ymm" + y + ", ymm" + a + ", ymm" + b + ", " + choice);
        vex(MAP_0F3A, PREFIX_66, 0x06, y, a, b);
        bytes(choice);
    }

    /** In each half, two numbers of a, then two of b, each by two bits of {@code choice}. */
    void shuffle(int y, int a, int b, int choice) {
        note("vshufps ymm" + y + ", ymm" + a + ", ymm" + b + ", " + choice);
        vex(MAP_0F, NO_PREFIX, 0xC6, y, a, b);
        bytes(choice);
    }

    /** y = a with the numbers of each half in the order of four two-bit indices, the first lowest. */
    void permute(int y, int a, int order) {
        note("vpermilps ymm" + y + ", ymm" + a + ", " + order);
        vex(MAP_0F3A, PREFIX_66, 0x04, y, 0, a);
        bytes(order);
    }

    /** y = memory where the mask's sign bits are set, else 0; memory elsewhere is not touched. */
    void load(int y, int mask, Address from) {
        note("vmaskmovps ymm" + y + ", ymm" + mask + ", YMMWORD PTR " + from);
        vex(MAP_0F38, PREFIX_66, 0x2C, y, mask, from);
    }

    /** memory = y where the mask's sign bits are set. */
    void store(Address to, int mask, int y) {
        note("vmaskmovps YMMWORD PTR " + to + ", ymm" + mask + ", ymm" + y);
        vex(MAP_0F38, PREFIX_66, 0x2E, y, mask, to);
    }

    /** memory = the lowest number of y. */
    void storeLowest(Address to, int y) {
        note("vmovss DWORD PTR " + to + ", xmm" + y);
        vexPrefix(MAP_0F, PREFIX_F3, y, 0, rexOf(to), 0);
        bytes(0x11);
        modRm(y, to);
    }

    /** sum += a * b, rounded once. */
    void fma(int sum, int a, int b) {
        note("vfmadd231ps ymm" + sum + ", ymm" + a + ", ymm" + b);
        vex(MAP_0F38, PREFIX_66, 0xB8, sum, a, b);
    }

    /** sum += a * memory, rounded once. */
    void fma(int sum, int a, Address b) {
        note("vfmadd231ps ymm" + sum + ", ymm" + a + ", YMMWORD PTR " + b);
        vex(MAP_0F38, PREFIX_66, 0xB8, sum, a, b);
    }

    /** Clears the upper halves, which slow down older instructions. */
    void zeroUpper() {
        note("vzeroupper");
        bytes(0xC5, 0xF8, 0x77);
    }

    // ---- encoding ------------------------------------------------------------------------------------------------

    private void integer(int opcode, int reg, Register rm) {
        bytes(0x48 | (reg >> 3) << 2 | rm.ordinal() >> 3, opcode, 0xC0 | (reg & 7) << 3 | rm.ordinal() & 7);
    }

    private void integer(int opcode, int reg, Address address) {
        bytes(0x48 | (reg >> 3) << 2 | rexOf(address), opcode);
        modRm(reg, address);
    }

    private void immediate(int operation, Register to, int value) {
        if (value == (byte) value) {
            integer(0x83, operation, to);
            bytes(value);
        } else {
            integer(0x81, operation, to);
            int32(value);
        }
    }

    private static int rexOf(Address address) {
        int x = address.index == null ? 0 : address.index.ordinal() >> 3;
        return x << 1 | address.base.ordinal() >> 3;
    }

    private void vex(int map, int prefix, int opcode, int reg, int second, int rm) {
        vexPrefix(map, prefix, reg, second, rm >> 3);
        bytes(opcode, 0xC0 | (reg & 7) << 3 | rm & 7);
    }

    private void vex(int map, int prefix, int opcode, int reg, int second, Address address) {
        vexPrefix(map, prefix, reg, second, rexOf(address));
        bytes(opcode);
        modRm(reg, address);
    }

    private void vexPrefix(int map, int prefix, int reg, int second, int xb) {
        vexPrefix(map, prefix, reg, second, xb, 1);
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

    private void modRm(int reg, Address address) {
        int base = address.base.ordinal() & 7;
        int displacement = address.displacement;
        // RBP and R13 as base have no form without a displacement, RSP and R12 none without an index byte.
        int mode = displacement == 0 && base != 5 ? 0 : displacement == (byte) displacement ? 1 : 2;
        boolean indexed = address.index != null || base == 4;
        bytes(mode << 6 | (reg & 7) << 3 | (indexed ? 4 : base));
        if (indexed) {
            int index = address.index == null ? 4 : address.index.ordinal() & 7;
            bytes(Integer.numberOfTrailingZeros(address.scale) << 6 | index << 3 | base);
        }
        if (mode == 1) {
            bytes(displacement);
        } else if (mode == 2) {
            int32(displacement);
        }
    }

    private static String name32(Register r) {
        return r.ordinal() >= 8 ? r + "d" : "e" + r.toString().substring(1);
    }

    private void note(String text) {
        listing.add(String.format(Locale.ROOT, "%5d  %s", size, text));
    }

    private void int32(int value) {
        bytes(value, value >> 8, value >> 16, value >> 24);
    }

    private void bytes(int... values) {
        if (size + values.length > code.length) {
            code = Arrays.copyOf(code, 2 * code.length);
        }
        for (int value : values) {
            code[size++] = (byte) value;
        }
    }
}
