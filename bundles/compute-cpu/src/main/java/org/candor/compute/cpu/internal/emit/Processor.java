package org.candor.compute.cpu.internal.emit;

import static org.candor.compute.cpu.internal.emit.Assembler.Register.R8;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RAX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RBX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RCX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDI;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RDX;
import static org.candor.compute.cpu.internal.emit.Assembler.Register.RSI;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.candor.compute.cpu.internal.emit.Assembler.Address;

/**
 * What the processor can do and the operating system lets it do, by CPUID and XGETBV (Intel's manual, volume 1, section
 * 14.3).
 *
 * @param avx2 256-bit vectors with fused multiply-add and conversion of binary16: AVX2, FMA and F16C
 * @param avx512 512-bit vectors: AVX-512 F and DQ
 * @param vnni products of bytes in 512-bit vectors: AVX-512 VNNI and BW, besides {@code avx512}
 * @param amx tiles and products of bytes in them: AMX-TILE and AMX-INT8; a process has to ask before it uses them
 * @param intel made by Intel
 */
record Processor(boolean avx2, boolean avx512, boolean vnni, boolean amx, boolean intel) {

    /** "Genu", of "GenuineIntel". */
    private static final int INTEL = 0x756E6547;

    private static final int FEATURES = 1;
    private static final int EXTENDED_FEATURES = 7;
    private static final int FMA_AND_F16C_BITS = 1 << 12 | 1 << 29;
    private static final int XSAVE_BIT = 1 << 27;
    private static final int AVX2_BIT = 1 << 5;
    private static final int AVX512_BITS = 1 << 16 | 1 << 17;
    private static final int BYTES_BIT = 1 << 30;
    private static final int VNNI_BIT = 1 << 11;
    private static final int AMX_BITS = 1 << 24 | 1 << 25;
    private static final int TILE_STATE = 0b11 << 17;
    private static final int VECTOR_STATE = 0b110;
    private static final int WIDE_STATE = VECTOR_STATE | 0b1110_0000;

    /** Asks this machine. */
    static Processor detect() {
        Assembler code = new Assembler();
        // void cpuid(int leaf, int subleaf, int* result)
        code.push(RBX);
        code.mov(R8, RDX);
        code.mov(RAX, RDI);
        code.mov(RCX, RSI);
        code.cpuid();
        code.movInt(Address.of(R8, 0), RAX);
        code.movInt(Address.of(R8, 4), RBX);
        code.movInt(Address.of(R8, 8), RCX);
        code.movInt(Address.of(R8, 12), RDX);
        code.pop(RBX);
        code.ret();
        code.align(16);
        int state = code.here();
        // void xgetbv(int* result)
        code.movInt(RCX, 0);
        code.xgetbv();
        code.movInt(Address.of(RDI, 0), RAX);
        code.ret();
        try (Arena arena = Arena.ofConfined()) {
            MachineCode machine = new MachineCode(code.code(), arena);
            MethodHandle cpuid = machine.function(
                    0, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
            MethodHandle xgetbv = machine.function(state, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
            int[] result = new int[4];
            MemorySegment registers = MemorySegment.ofArray(result);
            cpuid.invoke(0, 0, registers);
            boolean extended = result[0] >= EXTENDED_FEATURES;
            boolean intel = result[1] == INTEL;
            cpuid.invoke(FEATURES, 0, registers);
            int features = result[2];
            if (!extended || (features & XSAVE_BIT) == 0) {
                return new Processor(false, false, false, false, intel);
            }
            cpuid.invoke(EXTENDED_FEATURES, 0, registers);
            int more = result[1];
            boolean dots = (result[1] & BYTES_BIT) != 0 && (result[2] & VNNI_BIT) != 0;
            boolean tiles = (result[3] & AMX_BITS) == AMX_BITS;
            xgetbv.invoke(registers);
            boolean avx2 = (result[0] & VECTOR_STATE) == VECTOR_STATE
                    && (more & AVX2_BIT) != 0
                    && (features & FMA_AND_F16C_BITS) == FMA_AND_F16C_BITS;
            boolean avx512 = (result[0] & WIDE_STATE) == WIDE_STATE && (more & AVX512_BITS) == AVX512_BITS;
            boolean amx = tiles && (result[0] & TILE_STATE) == TILE_STATE;
            return new Processor(avx2, avx512, avx512 && dots, amx, intel);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
