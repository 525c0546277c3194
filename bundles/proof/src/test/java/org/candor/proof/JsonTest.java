package org.candor.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {

    @ParameterizedTest
    @ValueSource(strings = {"arrays", "french", "structures", "unicode", "values", "weird"})
    void theCanonicalFormIsThatOfTheAuthorsOfRfc8785(String name) {
        byte[] canonical = Json.canonical(Json.parse(Vectors.resource("jcs/input/" + name + ".json")));
        assertArrayEquals(Vectors.resource("jcs/output/" + name + ".json"), canonical);
        String hex = new String(Vectors.resource("jcs/outhex/" + name + ".txt"), StandardCharsets.US_ASCII);
        assertArrayEquals(HexFormat.of().parseHex(hex.replaceAll("\\s", "")), canonical);
    }

    @Test
    void numbersAreWrittenAsEcmaScriptDoes() {
        checkNumbers(new String(Vectors.resource("jcs/es6-numbers-1000.csv"), StandardCharsets.US_ASCII)
                .lines()
                .toList());
    }

    @Test
    void tenThousandNumbersAreWrittenAsEcmaScriptDoes() throws Exception {
        Path file = Vectors.shared("jcs/es6-numbers-10000.csv");
        assertEquals(
                "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
                HexFormat.of().formatHex(MerkleTree.sha256().digest(Files.readAllBytes(file))));
        checkNumbers(Files.readAllLines(file));
    }

    private static void checkNumbers(List<String> lines) {
        assertTrue(lines.size() >= 1000);
        for (String line : lines) {
            String[] parts = line.split(",");
            double value = Double.longBitsToDouble(Long.parseUnsignedLong(parts[0], 16));
            assertEquals(parts[1], EcmaScriptNumber.format(value), parts[0]);
        }
    }

    @Test
    void randomNumbersReadBackAsThemselves() {
        Random random = new Random(20261123);
        for (int i = 0; i < 200_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertEquals(value == 0 ? 0.0 : value, Double.parseDouble(EcmaScriptNumber.format(value)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "\"",
                "{\"a\"}",
                "{\"a\":1,}",
                "[1,]",
                "[1 2]",
                "01",
                "-",
                "1.",
                ".5",
                "1e",
                "+1",
                "NaN",
                "nul",
                "truE",
                "'a'",
                "{a:1}",
                "1 2",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\t\"",
                "1e999",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "\"\\ud800\"",
                "\"\\udc00\\ud800\"",
                "\"\\ud800\\ud800\"",
                "\u00a01",
                "\ufeff1",
                "\"\\u\uff10\uff10\uff10\uff10\""
            })
    void whatIsNotStrictJsonIsRefused(String text) {
        assertThrows(JsonException.class, () -> Json.parse(text));
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThrows(JsonException.class, () -> Json.parse(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'}));
        assertThrows(
                JsonException.class, () -> Json.parse(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}));
    }

    @Test
    void deepNestingIsRefusedBothWays() {
        assertThrows(JsonException.class, () -> Json.parse("[".repeat(1_000_000)));
        Object nested = List.of();
        for (int i = 0; i < 100; i++) {
            nested = List.of(nested);
        }
        Object deep = nested;
        assertThrows(JsonException.class, () -> Json.canonical(deep));
    }

    @Test
    void valuesThatOtherReadersTakeDifferentlyAreNotWritten() {
        assertThrows(JsonException.class, () -> Json.write((1L << 53) + 1));
        assertThrows(JsonException.class, () -> Json.write(Double.NaN));
        assertThrows(JsonException.class, () -> Json.write("\ud800"));
        assertThrows(JsonException.class, () -> Json.write(Map.of(1, 2)));
        assertThrows(JsonException.class, () -> Json.write(new Object()));
        assertEquals("9007199254740992", Json.write(1L << 53));
    }

    @Test
    void aMegabyteOfSurrogatePairsIsReadInLinearTime() {
        String text = "\ud83d\ude02".repeat(500_000);
        assertEquals(text, Json.parse("\"" + text + "\""));
    }
}
