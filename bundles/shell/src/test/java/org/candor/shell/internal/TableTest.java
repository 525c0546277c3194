package org.candor.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void columnsLineUpAndChineseCountsTwo() {
        Table table = new Table("document", "lang").row("撤回.md", "zh").row("a.md", "en");
        assertEquals("""
                document  lang
                撤回.md   zh
                a.md      en
                """, table.text(100));
    }

    @Test
    void whatDoesNotFitIsDroppedFromTheRightAndNamed() {
        Table table = new Table("model", "state", "reason", "digest")
                .row("encoder-en", "active", "r".repeat(20), "d".repeat(20));
        assertEquals("""
                model       state   reason                digest
                encoder-en  active  rrrrrrrrrrrrrrrrrrrr  dddddddddddddddddddd
                """, table.text(62));
        assertEquals("""
                model       state   reason
                encoder-en  active  rrrrrrrrrrrrrrrrrrrr
                not shown: digest (--json has all)
                """, table.text(61));
        assertEquals("""
                model
                encoder-en
                not shown…
                """, table.text(10));
        assertEquals("""
                model
                encod…
                not s…
                """, table.text(6));
    }

    @Test
    void aCellStaysOnItsLineAndPlaysNoTerminal() {
        String text =
                new Table("reason").row("two\nlines \u001b[31mred \u202Eback").text(100);
        assertEquals(2, text.lines().count());
        assertTrue(text.contains("two lines \uFFFD[31mred \uFFFDback"), text);
        assertEquals(
                "", new Table("x").row((Object) null).text(5).lines().toList().get(1));
        assertThrows(IllegalArgumentException.class, () -> new Table("a", "b").row("one"));
    }

    @Property(tries = 300)
    void noLineIsWiderThanTheTerminal(
            @ForAll("cells") List<String> cells, @ForAll @IntRange(min = 4, max = 120) int columns) {
        Table table = new Table("a", "heading", "标题");
        for (int i = 0; i + 2 < cells.size(); i += 3) {
            table.row(cells.get(i), cells.get(i + 1), cells.get(i + 2));
        }
        table.text(columns).lines().forEach(line -> assertTrue(Width.of(line) <= columns, columns + ": " + line));
    }

    @Provide
    Arbitrary<List<String>> cells() {
        return Arbitraries.strings()
                .withChars("ab 撤回，é\u0301\n\u001b")
                .ofMaxLength(60)
                .list()
                .ofMaxSize(12);
    }

    @Property(tries = 300)
    void wrappedTextFitsAndLosesNothing(@ForAll("cells") List<String> cells) {
        String text = String.join(" ", cells);
        List<String> lines = Width.wrap(text, 40);
        String kept = String.join("", lines).replace(" ", "");
        assertEquals(Width.harmless(text).replace("\n", "").replace(" ", ""), kept);
    }
}
