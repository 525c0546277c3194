package org.candor.retrieval.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.Grounds;
import org.candor.api.retrieval.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an answer may be written from. */
class GroundsTest {

    private static final String QUESTION = "Who built the lighthouse of Brackwater?";

    @TempDir
    Path folder;

    private TestLibrary library;

    @BeforeEach
    void open() throws Exception {
        library = TestLibrary.open(folder);
        library.add(
                "harbour.md",
                "# Brackwater\n\nThe harbour company built the lighthouse of Brackwater in 1871. The lighthouse of Brackwater is 42"
                        + " metres high.\n");
        library.add("mill.md", "# Hallam\n\nThe mill of Hallam ground corn until 1902. It stands beside the river.\n");
        library.settle();
    }

    @AfterEach
    void close() throws Exception {
        library.close();
    }

    @Test
    void sentencesThatAPassageSupportsStayWithTheirQuotes() {
        Grounds grounds = library.retrieval.grounds(QUESTION, "en", TestLibrary.scope(), 2);
        assertTrue(grounds.findings().answer() != null, grounds.findings().reason());
        assertEquals("harbour.md", grounds.passages().getFirst().document().document());
        Grounds.Kept kept =
                grounds.keep("The lighthouse of Brackwater was built by the harbour company in 1871. It was sold in"
                        + " 1950. The lighthouse is 42 metres high.");
        assertEquals(1, kept.dropped());
        assertEquals(
                List.of(
                        "The lighthouse of Brackwater was built by the harbour company in 1871.",
                        "The lighthouse is 42 metres high."),
                kept.sentences().stream().map(Grounds.Supported::text).toList());
        Citation quote = kept.sentences().getFirst().citations().getFirst();
        assertEquals("harbour.md", quote.document());
        assertEquals("The harbour company built the lighthouse of Brackwater in 1871.", quote.text());
        assertEquals(quote.text().length(), quote.end() - quote.start());
        assertEquals(1, quote.score(), 1e-9);
    }

    @Test
    void thereAreNoGroundsWhereTheLibraryDoesNotSay() {
        Grounds grounds = library.retrieval.grounds("Wie heißt xyzzy plugh?", "en", TestLibrary.scope(), 2);
        assertNull(grounds.findings().answer());
        assertEquals(List.of(), grounds.passages());
        assertEquals(
                List.of(),
                grounds.keep("The harbour company built the lighthouse.").sentences());
    }

    @Test
    void whatMayNotBeSeenAnyMoreSupportsNothing() {
        AtomicBoolean withdrawn = new AtomicBoolean();
        Scope scope =
                new Scope("default", "question-answering", Set.of("viewer"), Set.of(), document -> !withdrawn.get());
        Grounds grounds = library.retrieval.grounds(QUESTION, "en", scope, 2);
        String text = "The harbour company built the lighthouse of Brackwater in 1871.";
        assertEquals(1, grounds.keep(text).sentences().size());
        withdrawn.set(true);
        assertEquals(List.of(), grounds.keep(text).sentences());
        assertEquals(1, grounds.keep(text).dropped());
    }
}
