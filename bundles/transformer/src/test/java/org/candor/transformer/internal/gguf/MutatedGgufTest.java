package org.candor.transformer.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.candor.api.model.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutatedGgufTest {

    private static final long[] NASTY = {
        0, 1, -1, 255, 1 << 20, Integer.MAX_VALUE, 1L << 31, 1L << 40, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE
    };

    @Test
    void mutatedFilesEndInAnAnswerOrARefusal(@TempDir Path folder) throws IOException {
        Random random = new Random(20261126);
        int refused = 0;
        int read = 0;
        for (String name : List.of("every-type.gguf", "version-2.gguf", "tensors-out-of-order.gguf")) {
            byte[] whole = Files.readAllBytes(GgufCases.file("whole-gguf", name));
            for (int round = 0; round < 1500; round++) {
                byte[] mutated = mutate(whole, random);
                // Files keep their names: on some systems a mapped file cannot be written again.
                Path file = Files.write(folder.resolve(name + round), mutated);
                try (Arena arena = Arena.ofConfined()) {
                    GgufFile gguf = GgufFile.map(file, arena);
                    touchAll(gguf, mutated.length);
                    read++;
                } catch (ModelFormatException refusal) {
                    assertTrue(refusal.getMessage().startsWith(name), refusal.getMessage());
                    refused++;
                }
                Files.delete(file);
            }
        }
        assertTrue(refused > 1500, refused + " were refused");
        assertTrue(read > 100, read + " were read");
    }

    private static void touchAll(GgufFile file, int size) throws ModelFormatException {
        for (String key : file.header().metadata().keys()) {
            assertTrue(file.header().metadata().value(key).toString().length() <= 64L * size, key);
        }
        long total = 0;
        for (GgufTensor tensor : file.header().tensors().values()) {
            total += tensor.bytes();
            BlockLayout layout = tensor.type().layout();
            if (layout != null) {
                int blocks = (int) (tensor.bytes() / layout.blockBytes());
                layout.blocks(file.bytes(tensor), 0, blocks, new float[blocks * layout.blockValues()], 0);
            }
        }
        assertTrue(total <= size);
    }

    private static byte[] mutate(byte[] whole, Random random) {
        byte[] mutated = whole.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(5)) {
                case 0 -> mutated[at] = (byte) random.nextInt(256);
                case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> mutated = Arrays.copyOf(mutated, mutated.length - random.nextInt(mutated.length / 4));
                case 3 -> {
                    if (at + 8 <= mutated.length) {
                        ByteBuffer.wrap(mutated)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(at, NASTY[random.nextInt(NASTY.length)]);
                    }
                }
                default -> {
                    int from = random.nextInt(mutated.length);
                    int length = Math.min(random.nextInt(40), mutated.length - Math.max(at, from));
                    System.arraycopy(mutated, from, mutated, at, length);
                }
            }
        }
        return mutated;
    }

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
