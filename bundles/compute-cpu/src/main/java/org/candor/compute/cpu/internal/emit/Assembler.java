package org.candor.compute.cpu.internal.emit;

import java.util.Locale;

/**
 * Writes x86-64 machine code: the few instructions that the kernels are made of, with 64-bit integer registers and vectors
 * of 256 bits (AVX2, FMA; registers 0 to 15) or of 512 (AVX-512 F and DQ; registers 0 to 31), by the names in Intel's
 * manual, volume 2. Each is encoded as GNU as encodes it, which a test holds it to, except that jumps always take a 32-bit
 * displacement. Used by one thread.
 */
final class Assembler extends MatrixInstructions {

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

    private final int lanes;
    private final String vector;
    private final String memory;

    /** Vectors have 256 bits. */
    Assembler() {
        this(8);
    }

    /** @param lanes numbers in a vector: 8 or 16 */
    Assembler(int lanes) {
        if (lanes != 8 && lanes != 16) {
            throw new IllegalArgumentException("there are no vectors of " + lanes + " numbers");
        }
        this.lanes = lanes;
        vector = lanes == 16 ? "zmm" : "ymm";
        memory = lanes == 16 ? "ZMMWORD PTR " : "YMMWORD PTR ";
    }

    /** Numbers in a vector. */
    int lanes() {
        return lanes;
    }

    /** Bytes of a vector. */
    int vectorBytes() {
        return 4 * lanes;
    }

    /** Fills up with no-operations, so that what follows starts at a multiple of {@code bytes}. */
    void align(int bytes) {
        while (here() % bytes != 0) {
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

    void mov(Address to, Register from) {
        note("mov " + to + ", " + from);
        integer(0x89, from.ordinal(), to);
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
        modRm(from.ordinal(), to, 1);
    }

    void lea(Register to, Address address) {
        note("lea " + to + ", " + address);
        integer(0x8D, to.ordinal(), address);
    }

    void add(Register to, Address from) {
        note("add " + to + ", " + from);
        integer(0x03, to.ordinal(), from);
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
        int32(target - (here() + 4));
    }

    /** Jumps forward when the last result was zero, to where {@link #land} is called with the number returned. */
    int jz() {
        note("jz forward");
        bytes(0x0F, 0x84);
        int32(0);
        return here();
    }

    /** The jump leads here. */
    void land(int jump) {
        patch(jump - 4, here() - jump);
    }

    /** Has the line that holds the address brought to the second-level cache; any address may stand there. */
    void prefetch(Address address) {
        note("prefetcht1 BYTE PTR " + address);
        int rex = rexOf(address);
        if (rex != 0) {
            bytes(0x40 | rex);
        }
        bytes(0x0F, 0x18);
        modRm(2, address, 1);
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

    /** y = memory, a vector at any address. */
    void load(int y, Address from) {
        note("vmovups " + name(y) + ", " + memory + from);
        vector(MAP_0F, NO_PREFIX, SINGLE, 0x10, y, 0, from);
    }

    /** memory = y */
    void store(Address to, int y) {
        note("vmovups " + memory + to + ", " + name(y));
        vector(MAP_0F, NO_PREFIX, SINGLE, 0x11, y, 0, to);
    }

    /** Each of y = one number in memory. */
    void broadcast(int y, Address from) {
        note("vbroadcastss " + name(y) + ", DWORD PTR " + from);
        if (lanes == 16) {
            evex(MAP_0F38, PREFIX_66, SINGLE, 0x18, y, 0, from, Float.BYTES, Masked.NO);
        } else {
            vex(MAP_0F38, PREFIX_66, 0x18, y, 0, from);
        }
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
        /** From each 128 bits, the lower two of a and of b by turns. */
        UNPACK_LOW("vunpcklps", MAP_0F, NO_PREFIX, 0x14),
        /** From each 128 bits, the upper two of a and of b by turns. */
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

        private int width() {
            return mnemonic.endsWith("pd") ? DOUBLE : SINGLE;
        }
    }

    /** y = a op b */
    void compute(Arithmetic op, int y, int a, int b) {
        note(op.mnemonic + " " + name(y) + ", " + name(a) + ", " + name(b));
        vector(op.map, op.prefix, op.width(), op.opcode, y, a, b);
    }

    /** y = a op memory */
    void compute(Arithmetic op, int y, int a, Address b) {
        note(op.mnemonic + " " + name(y) + ", " + name(a) + ", " + memory + b);
        vector(op.map, op.prefix, op.width(), op.opcode, y, a, b);
    }

    /** Each of y = the lowest of a. */
    void broadcast(int y, int a) {
        note("vbroadcastss " + name(y) + ", xmm" + a);
        vector(MAP_0F38, PREFIX_66, SINGLE, 0x18, y, 0, a);
    }

    /** Each 64-bit number of y = the lowest of a. */
    void broadcastDouble(int y, int a) {
        note("vbroadcastsd " + name(y) + ", xmm" + a);
        vector(MAP_0F38, PREFIX_66, DOUBLE, 0x19, y, 0, a);
    }

    /** y = the lower half of a as 64-bit numbers. */
    void toDouble(int y, int a) {
        note("vcvtps2pd " + name(y) + ", " + half(a));
        vector(MAP_0F, NO_PREFIX, SINGLE, 0x5A, y, 0, a);
    }

    /** Lower half of y = the 64-bit numbers of a, rounded; the upper half becomes zero. */
    void toFloat(int y, int a) {
        note("vcvtpd2ps " + half(y) + ", " + name(a));
        vector(MAP_0F, PREFIX_66, DOUBLE, 0x5A, y, 0, a);
    }

    /** y = square roots of the 64-bit numbers of a. */
    void rootDouble(int y, int a) {
        note("vsqrtpd " + name(y) + ", " + name(a));
        vector(MAP_0F, PREFIX_66, DOUBLE, 0x51, y, 0, a);
    }

    /** y = a shifted to the left as 32-bit integers. */
    void shiftLeft(int y, int a, int bits) {
        note("vpslld " + name(y) + ", " + name(a) + ", " + bits);
        vector(MAP_0F, PREFIX_66, SINGLE, 0x72, 6, y, a);
        bytes(bits);
    }

    /** In each 128 bits, two numbers of a, then two of b, each by two bits of {@code choice}. */
    void shuffle(int y, int a, int b, int choice) {
        note("vshufps " + name(y) + ", " + name(a) + ", " + name(b) + ", " + choice);
        vector(MAP_0F, NO_PREFIX, SINGLE, 0xC6, y, a, b);
        bytes(choice);
    }

    /** y = a with the numbers of each 128 bits in the order of four two-bit indices, the first lowest. */
    void permute(int y, int a, int order) {
        note("vpermilps " + name(y) + ", " + name(a) + ", " + order);
        vector(MAP_0F3A, PREFIX_66, SINGLE, 0x04, y, 0, a);
        bytes(order);
    }

    /** memory = the lowest number of y, 0 to 15. */
    void storeLowest(Address to, int y) {
        note("vmovss DWORD PTR " + to + ", xmm" + y);
        vexNarrow(MAP_0F, PREFIX_F3, 0x11, y, to);
    }

    /** sum += a * b, rounded once. */
    void fma(int sum, int a, int b) {
        note("vfmadd231ps " + name(sum) + ", " + name(a) + ", " + name(b));
        vector(MAP_0F38, PREFIX_66, SINGLE, 0xB8, sum, a, b);
    }

    /** sum += a * memory, rounded once. */
    void fma(int sum, int a, Address b) {
        note("vfmadd231ps " + name(sum) + ", " + name(a) + ", " + memory + b);
        vector(MAP_0F38, PREFIX_66, SINGLE, 0xB8, sum, a, b);
    }

    /** Clears the upper parts, which slow down older instructions. */
    void zeroUpper() {
        note("vzeroupper");
        bytes(0xC5, 0xF8, 0x77);
    }

    // ---- vectors of 256 bits only --------------------------------------------------------------------------------

    /** All bits of y where a is not less than memory, or either is no number. */
    void notLess(int y, int a, Address b) {
        note("vcmpnltps ymm" + y + ", ymm" + a + ", YMMWORD PTR " + b);
        vex(MAP_0F, NO_PREFIX, 0xC2, y, a, b);
        bytes(5);
    }

    /** y = halves of a (0 lower, 1 upper) and b (2, 3): the one of {@code choice}'s lowest four bits, then of the next. */
    void halves(int y, int a, int b, int choice) {
        note("vperm2f128 ymm" + y + ", ymm" + a + ", ymm" + b + ", " + choice);
        vex(MAP_0F3A, PREFIX_66, 0x06, y, a, b);
        bytes(choice);
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

    // ---- vectors of 512 bits only --------------------------------------------------------------------------------

    /** k = 16 bits of memory. */
    void loadMask(int k, Address from) {
        note("kmovw k" + k + ", WORD PTR " + from);
        // Encoded as of 128 bits.
        vexNarrow(MAP_0F, NO_PREFIX, 0x90, k, from);
    }

    /** k = where a is not less than memory, or either is no number. */
    void notLessMask(int k, int a, Address b) {
        note("vcmpnltps k" + k + ", zmm" + a + ", ZMMWORD PTR " + b);
        evex(MAP_0F, NO_PREFIX, SINGLE, 0xC2, k, a, b, vectorBytes(), Masked.NO);
        bytes(5);
    }

    /** y = a where the mask says so. */
    void move(int y, Masked masked, int a) {
        note("vmovaps zmm" + y + masked + ", zmm" + a);
        evex(MAP_0F, NO_PREFIX, SINGLE, 0x28, y, 0, a, masked);
    }

    /** y = memory where the mask says so; memory elsewhere is not touched. */
    void load(int y, Masked masked, Address from) {
        note("vmovups zmm" + y + masked + ", ZMMWORD PTR " + from);
        evex(MAP_0F, NO_PREFIX, SINGLE, 0x10, y, 0, from, vectorBytes(), masked);
    }

    /** memory = y where the mask says so, which is not zeroing. */
    void store(Address to, Masked masked, int y) {
        note("vmovups ZMMWORD PTR " + to + masked + ", zmm" + y);
        evex(MAP_0F, NO_PREFIX, SINGLE, 0x11, y, 0, to, vectorBytes(), masked);
    }

    /** y = a op b where the mask says so. */
    void compute(Arithmetic op, int y, Masked masked, int a, int b) {
        note(op.mnemonic + " zmm" + y + masked + ", zmm" + a + ", zmm" + b);
        evex(op.map, op.prefix, op.width(), op.opcode, y, a, b, masked);
    }

    /** y = two quarters of a, then two of b, each by two bits of {@code choice}. */
    void quarters(int y, int a, int b, int choice) {
        note("vshuff32x4 zmm" + y + ", zmm" + a + ", zmm" + b + ", " + choice);
        evex(MAP_0F3A, PREFIX_66, SINGLE, 0x23, y, a, b, Masked.NO);
        bytes(choice);
    }

    private void vector(int map, int prefix, int w, int opcode, int reg, int second, int rm) {
        if (lanes == 16) {
            evex(map, prefix, w, opcode, reg, second, rm, Masked.NO);
        } else {
            vex(map, prefix, opcode, reg, second, rm);
        }
    }

    private void vector(int map, int prefix, int w, int opcode, int reg, int second, Address address) {
        if (lanes == 16) {
            evex(map, prefix, w, opcode, reg, second, address, vectorBytes(), Masked.NO);
        } else {
            vex(map, prefix, opcode, reg, second, address);
        }
    }

    private String name(int y) {
        return vector + y;
    }

    private String half(int y) {
        return (lanes == 16 ? "ymm" : "xmm") + y;
    }

    private static String name32(Register r) {
        return r.ordinal() >= 8 ? r + "d" : "e" + r.toString().substring(1);
    }
}
