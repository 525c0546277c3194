package org.candor.transformer.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.api.model.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DamagedGgufTest {

    /** What readers decide differently and this one accepts: ggml's scalars and empty tensors. */
    private static final Set<String> ACCEPTED = Set.of("dims-none.gguf", "dims-zero.gguf");

    /** What a refusal says, beside the file's name. */
    private static final Map<String, String> SAYS = Map.ofEntries(
            Map.entry("magic-wrong.gguf", "47 47 55 58"),
            Map.entry("version-big-endian.gguf", "big-endian"),
            Map.entry("version-future.gguf", "99"),
            Map.entry("key-duplicate.gguf", "the key x comes twice"),
            Map.entry("array-nested-deep.gguf", "nested deeper than 4"),
            Map.entry("array-count-past-end.gguf", "1000000000000"),
            Map.entry("tensor-count-negative.gguf", "18446744073709551615"),
            Map.entry("alignment-three.gguf", "general.alignment is 3"),
            Map.entry("alignment-string.gguf", "must be of type UINT32"),
            Map.entry("tensor-type-unknown.gguf", "tensor a is of type number 250"),
            Map.entry("tensor-type-removed.gguf", "Q4_2, which was removed"),
            Map.entry("row-not-whole-blocks.gguf", "33 values are not whole blocks of 32 of Q4_0"),
            Map.entry("tensors-overlap.gguf", "tensor b begins at byte 0 and overlaps"),
            Map.entry("tensors-gap.gguf", "a gap"),
            Map.entry("tensor-name-long.gguf", "300 bytes; at most 64"),
            Map.entry("tensor-name-duplicate.gguf", "two tensors are called a"),
            Map.entry("data-cut.gguf", "tensor b"),
            Map.entry("bool-two.gguf", "boolean of value 2"),
            Map.entry("string-not-utf8.gguf", "UTF-8"),
            Map.entry("info-cut.gguf", "ends inside"));

    static Stream<Map<String, Object>> damaged() {
        return GgufCases.list("damaged-gguf", "damaged.json").stream();
    }

    @ParameterizedTest
    @MethodSource("damaged")
    void aDamagedFileIsRefusedByName(Map<String, Object> damage) throws IOException {
        String name = (String) damage.get("file");
        Path file = GgufCases.file("damaged-gguf", name);
        try (Arena arena = Arena.ofConfined()) {
            if (ACCEPTED.contains(name)) {
                assertEquals("decide", damage.get("must"));
                assertEquals(
                        "a",
                        GgufFile.map(file, arena)
                                .header()
                                .tensors()
                                .keySet()
                                .iterator()
                                .next());
                return;
            }
            String message = assertThrows(ModelFormatException.class, () -> GgufFile.map(file, arena))
                    .getMessage();
            assertTrue(message.startsWith(name + ": "), message);
            assertTrue(message.contains(SAYS.getOrDefault(name, "")), message);
            assertTrue(message.length() < 500, message);
        }
    }

    @Test
    void noDamagedFileIsForgotten() throws IOException {
        try (Stream<Path> files = Files.list(GgufCases.file("damaged-gguf", ""))) {
            Set<String> there = files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".gguf"))
                    .collect(Collectors.toSet());
            assertEquals(damaged().map(damage -> damage.get("file")).collect(Collectors.toSet()), there);
            assertEquals(48, there.size());
            assertTrue(there.containsAll(SAYS.keySet()));
        }
    }

    @Test
    void aScalarHasOneValueAndAnEmptyTensorNone() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            GgufTensor scalar = GgufFile.map(GgufCases.file("damaged-gguf", "dims-none.gguf"), arena)
                    .header()
                    .tensors()
                    .get("a");
            assertEquals(0, scalar.shape().length);
            assertEquals(4, scalar.bytes());
            GgufTensor empty = GgufFile.map(GgufCases.file("damaged-gguf", "dims-zero.gguf"), arena)
                    .header()
                    .tensors()
                    .get("a");
            assertEquals(0, empty.bytes());
        }
    }
}
