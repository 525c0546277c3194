package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ColumnsTest {

    @Test
    void chineseTakesTwoColumnsAndCombiningMarksNone() {
        assertEquals(4, Columns.width("text"));
        assertEquals(8, Columns.width("撤回同意"));
        assertEquals(2, Columns.width("。"));
        assertEquals(1, Columns.width("é"));
        assertEquals(1, Columns.width("e\u0301"));
        assertEquals(2, Columns.width("𠮷"));
        assertEquals(0, Columns.width(""));
    }

    @Test
    void wordsAreKeptWholeAndChineseBreaksAnywhereButBeforePunctuation() {
        assertEquals(List.of("what does", "it reach"), Columns.wrap("what does it reach", 10));
        assertEquals(List.of("撤回同意", "会到达哪", "里。"), Columns.wrap("撤回同意会到达哪里。", 8));
        assertEquals(List.of("日志只保存", "承诺，不"), Columns.wrap("日志只保存承诺，不", 11));
        assertEquals(List.of("撤回同", "意，会"), Columns.wrap("撤回同意，会", 6));
        assertEquals(List.of("mixed 中", "文 text"), Columns.wrap("mixed 中文 text", 9));
    }

    @Test
    void aLongWordIsNotCutAndLinesStayLines() {
        assertEquals(List.of("a", "consent/withdrawal.md", "b"), Columns.wrap("a consent/withdrawal.md b", 10));
        assertEquals(List.of("one", "two"), Columns.wrap("one\ntwo", 80));
        assertEquals(List.of("never wrapped at all"), Columns.wrap("never wrapped at all", 0));
    }

    @Test
    void aDocumentCannotPlayTheTerminal() {
        assertEquals("\uFFFD[31mred\uFFFD[0m", Columns.harmless("\u001b[31mred\u001b[0m"));
        assertEquals("a\uFFFDb", Columns.harmless("a\u202Eb"));
        assertEquals("a    b\nc", Columns.harmless("a\tb\r\nc"));
    }

    @Property(tries = 500)
    void wrappingLosesNothingAndOnlyUnbreakablePiecesAreTooWide(
            @ForAll("texts") String text, @ForAll @IntRange(min = 4, max = 40) int columns) {
        List<String> lines = Columns.wrap(text, columns);
        assertEquals(text.replace(" ", ""), String.join("", lines).replace(" ", ""));
        // At one column every line is one unbreakable piece: only such a piece may be wider than asked.
        for (String line : lines) {
            assertTrue(Columns.width(line) <= columns || Columns.wrap(line, 1).size() == 1, line);
        }
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("ab 撤回，。").ofMaxLength(60);
    }
}
