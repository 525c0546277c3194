package org.candor.transformer.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.candor.api.model.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CutGgufTest {

    @Test
    void aFileCutAnywhereIsRefused(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(GgufCases.file("whole-gguf", "version-2.gguf"));
        GgufHeader header;
        try (Arena arena = Arena.ofConfined()) {
            header = GgufFile.map(GgufCases.file("whole-gguf", "version-2.gguf"), arena)
                    .header();
        }
        long end = header.dataStart()
                + header.tensors().values().stream()
                        .mapToLong(tensor -> tensor.offset() + tensor.bytes())
                        .max()
                        .orElseThrow();
        for (int length = 0; length < end; length++) {
            Path file = Files.write(folder.resolve("cut" + length + ".gguf"), Arrays.copyOf(whole, length));
            try (Arena arena = Arena.ofConfined()) {
                assertThrows(ModelFormatException.class, () -> GgufFile.map(file, arena), length + " bytes");
            }
        }
    }

    @Test
    void bytesBehindTheLastTensorAreRefused(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(GgufCases.file("whole-gguf", "version-2.gguf"));
        Path file = Files.write(folder.resolve("longer.gguf"), Arrays.copyOf(whole, whole.length + 64));
        try (Arena arena = Arena.ofConfined()) {
            String message = assertThrows(ModelFormatException.class, () -> GgufFile.map(file, arena))
                    .getMessage();
            assertTrue(message.contains("after the last tensor belong to no tensor"), message);
        }
    }
}
