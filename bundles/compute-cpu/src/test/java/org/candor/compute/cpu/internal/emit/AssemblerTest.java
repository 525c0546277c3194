package org.candor.compute.cpu.internal.emit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.candor.compute.cpu.internal.emit.Assembler.Address;
import org.candor.compute.cpu.internal.emit.Assembler.Register;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssemblerTest {

    /** instructions-N.txt, N lanes: {@code bytes<TAB>source}, the bytes as GNU as 2.40 wrote them. */
    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void everyInstructionIsEncodedAsGnuAsEncodesIt(int lanes) throws IOException {
        List<String> expected;
        try (InputStream in = AssemblerTest.class.getResourceAsStream("instructions-" + lanes + ".txt")) {
            expected = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
        List<String> source = Instructions.source(lanes);
        List<byte[]> bytes = Instructions.bytes(lanes);
        List<String> actual = new ArrayList<>();
        for (int i = 0; i < source.size(); i++) {
            actual.add(HexFormat.of().formatHex(bytes.get(i)) + "\t" + source.get(i));
        }
        assertEquals(String.join("\n", expected), String.join("\n", actual));
    }

    /** Offsets by hand: 0F 85 and 0F 84 take 32 bits, counted from behind the instruction. */
    @Test
    void jumpsLeadToTheirTargets() {
        Assembler back = new Assembler();
        back.ret();
        back.jnz(0);
        assertArrayEquals(HexFormat.of().parseHex("c30f85f9ffffff"), back.code());
        Assembler forward = new Assembler();
        int jump = forward.jz();
        forward.ret();
        forward.ret();
        forward.land(jump);
        assertArrayEquals(HexFormat.of().parseHex("0f8402000000c3c3"), forward.code());
    }

    @Test
    void codeIsFilledUpWithNoOperations() {
        Assembler code = new Assembler();
        code.ret();
        code.align(4);
        code.align(4);
        assertArrayEquals(HexFormat.of().parseHex("c3909090"), code.code());
    }

    @Test
    void codeGrowsAsItIsWritten() {
        Assembler code = new Assembler();
        for (int i = 0; i < 5_000; i++) {
            code.ret();
        }
        assertEquals(5_000, code.code().length);
        assertEquals(5_000, code.here());
    }

    @Test
    void whatIsNoAddressIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Address.of(Register.RAX, Register.RSP, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> Address.of(Register.RAX, Register.RCX, 3, 0));
        assertThrows(IllegalArgumentException.class, () -> Address.of(Register.RAX, Register.RCX, 16, 0));
    }
}
