package org.candor.retrieval.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentencesTest {

    private static List<String> split(String text) {
        return Sentences.split(text, 0, text.length()).stream()
                .map(span -> text.substring(span.start(), span.end()))
                .toList();
    }

    @Test
    void englishEndsWhereABeginningFollows() {
        assertEquals(
                List.of("It rains.", "Does it?", "\"Yes!\" she said.", "Then (at last) it stopped...", "So."),
                split("It rains. Does it? \"Yes!\" she said. Then (at last) it stopped... So."));
        assertEquals(List.of("He left.\"", "She stayed."), split("He left.\" She stayed."));
        assertEquals(List.of("A fact.[12]", "Another."), split("A fact.[12] Another."));
        assertEquals(List.of("End of line.", "Next line."), split("End of line.\nNext line."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Dr. Smith met Mr. Jones at 3.14 p.m. on St. James Street.",
                "See e.g. Fig. 3 and No. 5 of vol. 2.",
                "J. R. R. Tolkien wrote it.",
                "The U.S. Army came on Jan. 5 to help.",
                "Version 2.0.1 of example.com is out.",
                "The firm (est. 1990) grew by approx. 5 percent.",
                "1. Install the server"
            })
    void abbreviationsInitialsAndNumbersDoNotEndASentence(String sentence) {
        assertEquals(List.of(sentence), split(sentence));
    }

    @Test
    void anAbbreviationMayEndASentenceWhenACommonWordOpensTheNext() {
        assertEquals(
                List.of("He lives in the U.S.", "The house is old."), split("He lives in the U.S. The house is old."));
    }

    @Test
    void chineseEndsAtItsOwnMarksWithClosers() {
        assertEquals(List.of("他说：“你好。”", "然后走了！", "为什么？", "因为Java 25很快。"), split("他说：“你好。”然后走了！为什么？因为Java 25很快。"));
        assertEquals(List.of("价格是3.5元。", "好"), split("价格是3.5元。好"));
    }

    @Test
    void whatHasNoEndIsCutAtAMarkAndNeverInsideACharacter() {
        String text = "🦦".repeat(2_000);
        assertEquals(text, String.join("", split(text)));
        for (String piece : split(text)) {
            assertEquals(0, piece.length() % 2);
        }
        String clauses = "one clause, ".repeat(300);
        for (String piece : split(clauses)) {
            assertEquals(',', piece.charAt(piece.length() - 1));
        }
    }
}
