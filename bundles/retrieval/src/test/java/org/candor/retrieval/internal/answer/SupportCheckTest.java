package org.candor.retrieval.internal.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.candor.retrieval.internal.text.Sentences;
import org.candor.retrieval.internal.text.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SupportCheckTest {

    private static final String HARBOUR =
            "The harbour company built the lighthouse of Brackwater in 1871. It was designed by Clara"
                    + " Ferrand, who also drew the plans of two bridges. In May 1894 a storm destroyed the lantern and killed 12"
                    + " keepers. The tower (42 metres high) has not been lit since the war. Edward Lowe sold it to the town of"
                    + " Hallam for $1,250.";

    private final SupportCheck check = new SupportCheck("en");

    private static List<String> sentences(String passage) {
        List<String> sentences = new ArrayList<>();
        for (Span span : Sentences.split(passage, 0, passage.length())) {
            sentences.add(passage.substring(span.start(), span.end()));
        }
        return sentences;
    }

    private static List<SupportCheck.Place> support(SupportCheck check, String passage, String sentence) {
        return check.read(List.of(sentences(passage)), List.of("")).support(sentence);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The harbour company built the lighthouse of Brackwater in 1871.",
                "In 1871 the harbour company built Brackwater's lighthouse.",
                "According to the passage, the lighthouse of Brackwater was built by the harbour company in 1871.",
                "The lighthouse was designed by Clara Ferrand.",
                "A storm destroyed the lantern in May 1894.",
                "A storm killed twelve keepers in May 1894.",
                "The tower is 42 metres high.",
                "The tower has not been lit since the war.",
                "Lowe sold it to Hallam for $1250."
            })
    void whatAPassageSaysIsSupported(String sentence) {
        assertFalse(support(check, HARBOUR, sentence).isEmpty(), sentence);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The harbour company built the lighthouse of Brackwater in 1894.",
                "The harbour company built the lighthouse of Hallam in 1871.",
                "The lighthouse was designed by Edward Lowe.",
                "A storm destroyed the lantern in June 1894.",
                "A storm killed 42 keepers in May 1894.",
                "The tower is 12 metres high.",
                "The tower has been lit since the war.",
                "The harbour company did not build the lighthouse of Brackwater in 1871.",
                "Lowe sold it to Lowe for $1,250.",
                "Napoleon built the lighthouse of Brackwater in 1871.",
                "The mayor opened a museum beside the river.",
                "Ferries leave every hour."
            })
    void whatNoPassageSaysIsNot(String sentence) {
        assertTrue(support(check, HARBOUR, sentence).isEmpty(), sentence);
    }

    @Test
    void theSentenceThatSaysMostComesFirstAndThoseOfOtherFactsBehindIt() {
        assertEquals(
                List.of(new SupportCheck.Place(0, 2)),
                support(check, HARBOUR, "A storm destroyed the lantern in May 1894."));
        List<SupportCheck.Place> two = support(
                check,
                HARBOUR,
                "The harbour company built the lighthouse of Brackwater in 1871 and a storm destroyed the lantern in May 1894.");
        assertEquals(List.of(new SupportCheck.Place(0, 0), new SupportCheck.Place(0, 2)), two);
    }

    @Test
    void namesOfTheHeadingAreKnownToEverySentence() {
        SupportCheck.Passages read = check.read(
                List.of(List.of("The company was founded in 1902 and sold ships.")), List.of("Brackwater Shipping"));
        assertFalse(read.support("Brackwater Shipping was founded in 1902.").isEmpty());
        assertTrue(read.support("Hallam Shipping was founded in 1902.").isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "港务公司于1871年建造了灯塔。, true",
        "港务公司于1894年建造了灯塔。, false",
        "灯塔由王明设计。, true",
        "灯塔由李强设计。, false",
        "灯塔不是由王明设计的。, false"
    })
    void chineseIsCheckedByItsWordsAndNumbers(String sentence, boolean supported) {
        String passage = "港务公司于1871年建造了灯塔。灯塔由王明设计。1894年五月，一场风暴摧毁了灯室。";
        assertEquals(
                supported, !support(new SupportCheck("zh"), passage, sentence).isEmpty(), sentence);
    }

    @Test
    void nothingSupportsNothing() {
        assertTrue(support(check, HARBOUR, "!!!").isEmpty());
        assertTrue(check.read(List.of(), List.of())
                .support("A storm destroyed the lantern.")
                .isEmpty());
    }

    /** Of supported statements, and of the same with a fact swapped, the shares that are treated as they should be. */
    private record Shares(double kept, double dropped) {}

    private Shares shares(SquadStatements.Style style) throws IOException {
        Path squad = Path.of(System.getProperty("candor.shared", "../shared"), "data/squad/dev-v1.1.json.gz");
        assumeTrue(Files.isRegularFile(squad), "skipped: the shared data are not there: data/squad");
        List<SquadStatements.Case> cases = SquadStatements.read(squad, 200, style);
        int kept = 0;
        int dropped = 0;
        for (SquadStatements.Case each : cases) {
            SupportCheck.Passages read = check.read(
                    each.passages().stream().map(SupportCheckTest::sentences).toList(),
                    Collections.nCopies(each.passages().size(), each.title()));
            kept += read.support(each.supported()).isEmpty() ? 0 : 1;
            dropped += read.support(each.swapped()).isEmpty() ? 1 : 0;
        }
        return new Shares(kept / 200.0, dropped / 200.0);
    }

    @Test
    void ofSquadsSentencesPutOtherwiseTheSupportedStayAndThoseWithAnotherFactGo() throws IOException {
        Shares shares = shares(SquadStatements.Style.PASSAGE);
        assertTrue(shares.kept() >= 0.95, shares::toString);
        assertTrue(shares.dropped() >= 0.9, shares::toString);
    }

    /** These are far from the passages' words: fewer stay, and still few that are wrong. */
    @Test
    void ofStatementsInTheWordsOfSquadsQuestionsThoseWithAnotherFactGo() throws IOException {
        Shares shares = shares(SquadStatements.Style.QUESTION);
        assertTrue(shares.kept() >= 0.45, shares::toString);
        assertTrue(shares.dropped() >= 0.85, shares::toString);
    }
}
