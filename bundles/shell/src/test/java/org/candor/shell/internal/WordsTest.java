package org.candor.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {

    @Test
    void blanksSeparateAndQuotationMarksKeepTogether() {
        assertEquals(List.of("ask", "a b", "--lang", "en"), Words.of("  ask  \"a b\" --lang\ten "));
        assertEquals(List.of("a'b", "c\"d", "e f", ""), Words.of("\"a'b\" 'c\"d' e\\ f ''"));
        assertEquals(List.of("撤回同意？"), Words.of("撤回同意？"));
        assertEquals(List.of("ab\\c"), Words.of("'ab\\c'"));
        assertEquals(List.of(), Words.of(" "));
    }

    @Test
    void nothingIsEvaluated() {
        assertEquals(
                List.of("models;", "bundle:stop", "0", "|", "$(x)", "{y}", "&&", "$HOME"),
                Words.of("models; bundle:stop 0 | $(x) {y} && $HOME"));
    }

    @Test
    void whatHasNoEndIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Words.of("ask \"a"));
        assertThrows(IllegalArgumentException.class, () -> Words.of("ask 'a"));
        assertThrows(IllegalArgumentException.class, () -> Words.of("ask a\\"));
    }
}
