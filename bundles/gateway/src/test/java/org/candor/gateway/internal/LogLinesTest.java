package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLinesTest {

    /** Line ends of every kind, a terminal's escape, text that runs backwards. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\u0085", "\u2028", "\u2029", "\u001b[2J", "\0", "\u009b", "\u202e", "\u200b"})
    void aPathFromOutsideStaysOneLineOfTheLog(String trick) {
        String line = Api.printable("/v1/x" + trick + "ERROR all is lost");
        assertEquals(1, line.lines().count());
        assertTrue(line.startsWith("/v1/x?"), line);
        assertTrue(line.codePoints().allMatch(c -> c >= ' ' && c < 127), line);
    }

    @Test
    void aLongPathIsCutAndAPlainOneIsNot() {
        assertEquals("/v1/" + "x".repeat(196) + "...", Api.printable("/v1/" + "x".repeat(10_000)));
        assertEquals("/v1/documents/\u6587", Api.printable("/v1/documents/\u6587"));
    }
}
