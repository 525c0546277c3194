package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

    private static final String ANSWER = """
            {"answer": "It reaches the index and every adapter.",
             "citations": [{"document": "consent/withdrawal.md", "start": 412, "end": 451, "text": "It reaches the index and every adapter."}],
             "models": [{"name": "encoder-en", "version": "1.0.0"}, {"name": "reader-en", "version": "2.0.0"}],
             "energy": {"joules": 1.934, "method": "estimate"}, "timings": {"total": 43.4}}""";

    @Test
    void theAnswerThenItsCitationsThenOneQuietLine() {
        assertEquals("""
                It reaches the index and
                every adapter.

                [1] consent/withdrawal.md, characters 412 to 451
                    It reaches the index and
                    every adapter.

                encoder-en 1.0.0, reader-en 2.0.0 · 43 ms · 1.93 J (estimate) · proof verified: entry 41 of 42
                """, print(ANSWER, 28, false));
    }

    @Test
    void coloursOnlyWhereTheTerminalTakesThem() {
        String coloured = print(ANSWER, 0, true);
        assertEquals(
                "\u001b[1mIt reaches the index and every adapter.\u001b[0m",
                coloured.lines().findFirst().orElseThrow());
        assertEquals(-1, print(ANSWER, 0, false).indexOf('\u001b'));
    }

    @Test
    void unknownEnergyIsSaidWithItsReason() {
        JsonObject answer = JsonObject.parse(ANSWER.replace(
                "{\"joules\": 1.934, \"method\": \"estimate\"}", "{\"joules\": null, \"reason\": \"no meter\"}"));
        assertEquals(
                "encoder-en 1.0.0, reader-en 2.0.0 · 43 ms · energy unknown (no meter) · p",
                AnswerText.summary(answer, "p"));
    }

    private static String print(String answer, int columns, boolean colour) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        new AnswerText(new Terminal(print, print, columns, colour, false))
                .print(JsonObject.parse(answer), "proof verified: entry 41 of 42");
        return out.toString(StandardCharsets.UTF_8);
    }
}
