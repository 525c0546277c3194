package org.candor.retrieval.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.LibraryStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryTest {
    private static final String OTTERS =
            "# Otters\n\nThe sea otter sleeps on its back in beds of kelp. It cracks shells with a stone.\n";
    private static final String BRIDGES =
            "# Bridges\n\nA suspension bridge hangs its deck from cables. The anchor holds the cable at both ends.\n";
    private static final String TEA = "# 茶\n\n绿茶不经过发酵。红茶经过完全发酵，颜色较深。\n";

    @TempDir
    Path folder;

    @TempDir
    Path index;

    private void write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    @Test
    void aFolderIsIndexedAndItsQuestionIsAnsweredByAVerbatimQuote() throws Exception {
        write("animals/otters.md", OTTERS);
        write("bridges.txt", BRIDGES);
        write("tea.md", TEA);
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.mirror("default", folder);
            LibraryStatus status = library.settle();
            assertEquals(3, status.documents());
            assertEquals(List.of(), status.problems());
            Findings findings =
                    library.retrieval.answer("Where does the sea otter sleep on its back?", null, TestLibrary.scope());
            assertNotNull(findings.answer(), findings.reason());
            Citation first = findings.citations().getFirst();
            assertEquals("animals/otters.md", first.document());
            assertEquals("The sea otter sleeps on its back in beds of kelp.", first.text());
            assertEquals(first.text(), OTTERS.substring(first.start(), first.end()));
            assertEquals("en", findings.language());
            Findings chinese = library.retrieval.answer("红茶经过完全发酵吗？", null, TestLibrary.scope());
            assertEquals("zh", chinese.language());
            assertEquals("红茶经过完全发酵，颜色较深。", chinese.citations().getFirst().text());
            assertEquals("encoder-zh", chinese.models().getFirst().model().name());
        }
    }

    @Test
    void sentencesThatSayNothingOnTheQuestionAreNotAddedToTheAnswer() throws Exception {
        write("otters.md", OTTERS);
        write("bridges.txt", BRIDGES);
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.mirror("default", folder);
            library.settle();
            List<Citation> citations = library.retrieval
                    .answer("Where does the sea otter sleep on its back?", "en", TestLibrary.scope())
                    .citations();
            double best = citations.getFirst().score();
            assertTrue(
                    citations.stream().allMatch(citation -> citation.score() >= Math.max(0.02, 0.05 * best)),
                    citations.toString());
            assertTrue(
                    citations.stream().allMatch(citation -> citation.document().equals("otters.md")),
                    citations.toString());
        }
    }

    @Test
    void aFileThatIsDamagedIsAProblemWithItsReason() throws Exception {
        write("otters.md", OTTERS);
        write("broken.pdf", "This is no PDF.");
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.mirror("default", folder);
            List<String> problems = library.settle().problems();
            assertEquals(1, problems.size());
            assertTrue(problems.getFirst().startsWith("broken.pdf: the PDF cannot be read: "), problems.getFirst());
        }
    }

    /** Fails as code fails that recurses too deeply. */
    private record Overflowing(TextEncoder encoder) implements TextEncoder {
        @Override
        public int dimensions() {
            return encoder.dimensions();
        }

        @Override
        public int maxTokens() {
            return encoder.maxTokens();
        }

        @Override
        public String queryPrefix() {
            return encoder.queryPrefix();
        }

        @Override
        public Embeddings embed(List<String> texts) {
            if (texts.stream().anyMatch(text -> text.contains("overflow"))) {
                throw new StackOverflowError();
            }
            return encoder.embed(texts);
        }

        @Override
        public Embeddings embedTokens(List<int[]> ids) {
            return encoder.embedTokens(ids);
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void close() {}
    }

    @Test
    void anErrorInOneLookDoesNotEndTheLibrary() throws Exception {
        write("otters.md", "Otters overflow.");
        try (TestLibrary library = TestLibrary.withoutEncoders(index)) {
            library.encoders.install(TestLibrary.FIRST, new Overflowing(new WordEncoder(64, 1, 200)));
            library.documents.registry(library.encoders);
            library.settle();
            library.documents.mirror("default", folder);
            String problem = library.settle("failed").problems().getFirst();
            assertTrue(problem.contains("StackOverflowError"), problem);
            write("otters.md", OTTERS);
            library.documents.rescan();
            assertEquals(1, library.settle().documents());
        }
    }

    @Test
    void whatTheLibraryDoesNotSayIsNotAnswered() throws Exception {
        write("otters.md", OTTERS);
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.mirror("default", folder);
            library.settle();
            Findings findings =
                    library.retrieval.answer("Who founded Toyota motor corporation?", "en", TestLibrary.scope());
            assertEquals(null, findings.answer());
            assertEquals(List.of(), findings.citations());
            assertFalse(findings.reason().isBlank());
        }
    }

    @Test
    void onlyChangedFilesAreReadAgainAndGoneOnesLeave() throws Exception {
        write("otters.md", OTTERS);
        write("bridges.md", BRIDGES);
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.mirror("default", folder);
            library.settle();
            long tokens = library.documents.encoder().tokens();
            library.documents.rescan();
            assertEquals(0, library.settle().total());
            write("otters.md", OTTERS + "\nIt eats urchins.\n");
            library.documents.rescan();
            assertEquals(1, library.settle().total());
            assertTrue(library.documents.encoder().tokens() > tokens);
            assertEquals(
                    "otters.md",
                    library.retrieval
                            .search("eats urchins", "en", TestLibrary.scope(), 1)
                            .hits()
                            .getFirst()
                            .document()
                            .document());
            Files.delete(folder.resolve("otters.md"));
            library.documents.rescan();
            library.settle();
            assertEquals(
                    List.of("bridges.md"),
                    library.documents.documents("default").stream()
                            .map(DocumentInfo::document)
                            .toList());
        }
    }

    @Test
    void theMirrorSurvivesARestartWithoutEncodingAgain() throws Exception {
        write("otters.md", OTTERS);
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.mirror("default", folder);
            library.settle();
        }
        try (TestLibrary library = TestLibrary.open(index)) {
            assertEquals(
                    folder.toRealPath().toString(), library.documents.status().folder());
            assertEquals(1, library.documents.status().documents());
            assertEquals(0, library.documents.encoder().tokens());
        }
    }

    @Test
    void withoutAnEncoderIndexingWaitsAndQuestionsSayWhy() throws Exception {
        write("otters.md", OTTERS);
        try (TestLibrary library = TestLibrary.withoutEncoders(index)) {
            library.documents.mirror("default", folder);
            LibraryStatus status = library.documents.status();
            while (status.problems().isEmpty()) {
                status = library.documents.status();
            }
            assertEquals("indexing", status.state());
            assertEquals(List.of("1 document waits for an encoder of language \"en\""), status.problems());
            assertThrows(
                    ModelUnavailableException.class,
                    () -> library.retrieval.answer("Where do otters sleep?", "en", TestLibrary.scope()));
            library.documents.registry(library.encoders);
            assertEquals(1, library.settle().documents());
        }
    }
}
