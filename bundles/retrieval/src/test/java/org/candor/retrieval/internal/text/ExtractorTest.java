package org.candor.retrieval.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExtractorTest {
    private final Extractor extractor = new Extractor(Limits.DEFAULT);

    private Extraction read(String name, String text) throws Exception {
        return extractor.read(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> blocks(Extraction extraction, Block.Kind kind) {
        return extraction.blocks().stream()
                .filter(block -> block.kind() == kind)
                .map(block -> extraction.text().substring(block.start(), block.end()))
                .toList();
    }

    @Test
    void frontMatterHoldsValuesAndListsInEveryUsualForm() throws Exception {
        FrontMatter front = FrontMatter.parse("""
                ---
                title: "Otters: a study"   # not kept
                Subjects:
                  - ada
                  - 'ben c'
                purposes: [question-answering, audit,
                  training]
                owner: eve # a remark
                empty:
                # a comment
                note: >
                  folded text
                ---
                Body.
                """);
        assertEquals("eve", front.first("owner"));
        assertEquals(Set.of("ada", "ben c"), front.all("subjects"));
        assertEquals(Set.of("question-answering", "audit", "training"), front.all("purposes"));
        assertEquals(Set.of(), front.all("empty"));
        assertEquals(null, front.all("absent"));
    }

    @Test
    void frontMatterThatDoesNotEndOrHoldsTooMuchIsAnErrorSoThatNoSubjectIsLost() {
        assertThrows(UnreadableDocumentException.class, () -> FrontMatter.parse("---\nsubjects: ada\n\nText."));
        assertThrows(
                UnreadableDocumentException.class,
                () -> FrontMatter.parse("---\nsubjects: [" + "a,".repeat(2_000) + "]\n---\n"));
        assertThrows(
                UnreadableDocumentException.class,
                () -> FrontMatter.parse("---\nsubjects:\n" + "- a\n".repeat(2_000) + "---\n"));
        assertThrows(
                UnreadableDocumentException.class,
                () -> FrontMatter.parse("---\n" + "x".repeat(100_000) + ": y\n---\n"));
    }

    @Test
    void aThematicBreakIsNoFrontMatter() throws Exception {
        assertEquals(0, FrontMatter.parse("---\n\nText and more text.\n").end());
        assertEquals(0, FrontMatter.parse("Text.\n---\nowner: eve\n---\n").end());
    }

    @Test
    void markdownIsCutIntoHeadingsTextAndCode() throws Exception {
        Extraction extraction = read("a.md", """
                # One #

                Text goes
                on here.

                - first
                * second
                3. third

                Setext
                ======

                ```java
                int x; // not quoted
                ```
                > quoted
                <!-- hidden. -->
                | a | b |
                |---|---|
                """);
        assertEquals("One", extraction.title());
        assertEquals(List.of("One", "Setext"), blocks(extraction, Block.Kind.HEADING));
        assertEquals(
                List.of("Text goes\non here.", "first", "second", "third", "quoted", "a | b"),
                blocks(extraction, Block.Kind.TEXT));
        assertEquals(List.of("int x; // not quoted"), blocks(extraction, Block.Kind.CODE));
    }

    @Test
    void htmlShowsWhatAReaderSees() throws Exception {
        Extraction extraction = read("a.html", """
                <html><head><title>The  title</title><script>var x = "no";</script></head>
                <body><nav>Home</nav><h1>Head&amp;line</h1><p>One <b>bold</b> word.<br>Next.</p>
                <table><tr><td>cell one</td><td>cell two</td></tr></table><div hidden>no</div>
                <pre>kept
                as lines</pre></body></html>
                """);
        assertEquals("The title", extraction.title());
        assertEquals(List.of("Head&line"), blocks(extraction, Block.Kind.HEADING));
        assertEquals(
                List.of("One bold word. Next.", "cell one", "cell two", "kept as lines"),
                blocks(extraction, Block.Kind.TEXT));
    }

    @Test
    void wordDocumentsAreReadByParagraph() throws Exception {
        byte[] docx = Samples.docx("<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Head</w:t></w:r></w:p>"
                + "<w:p><w:r><w:t>One</w:t></w:r><w:r><w:tab/><w:t>two &amp; 三 🦦.</w:t></w:r></w:p>");
        Extraction extraction = extractor.read("a.docx", docx);
        assertEquals("A title", extraction.title());
        assertEquals(List.of("Head"), blocks(extraction, Block.Kind.HEADING));
        assertEquals(List.of("One two & 三 🦦."), blocks(extraction, Block.Kind.TEXT));
    }

    @Test
    void pdfTextIsRead() throws Exception {
        Extraction extraction = extractor.read("a.pdf", Samples.pdf("The otter sleeps.", "It cracks shells."));
        assertTrue(extraction.text().contains("The otter sleeps."), extraction.text());
        assertTrue(extraction.text().contains("It cracks shells."), extraction.text());
    }

    @Test
    void hostileFilesAreRefusedWithTheRule() throws Exception {
        String entity = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
        Extraction harmless;
        try {
            harmless =
                    extractor.read("x.docx", Samples.zip("word/document.xml", entity + "<w:t xmlns:w='w'>&a;</w:t>"));
            assertEquals("", harmless.text());
        } catch (UnreadableDocumentException e) {
            assertTrue(e.getMessage().contains("docx"));
        }
        String bomb = "<w:document xmlns:w=\"w\"><w:p><w:r><w:t>" + " ".repeat(80_000_000)
                + "</w:t></w:r></w:p></w:document>";
        UnreadableDocumentException large = assertThrows(
                UnreadableDocumentException.class,
                () -> extractor.read("bomb.docx", Samples.zip("word/document.xml", bomb)));
        assertTrue(large.getMessage().contains("inflates"), large.getMessage());
        assertThrows(
                UnreadableDocumentException.class,
                () -> extractor.read("deep.docx", Samples.zip("word/document.xml", "<a>".repeat(100_000))));
        Extraction deep = read("deep.html", "<div>".repeat(100_000) + "text");
        assertEquals("text", deep.text());
        assertThrows(UnreadableDocumentException.class, () -> read("a.txt", "zero\0byte"));
        assertThrows(UnreadableDocumentException.class, () -> extractor.read("a.txt", new byte[] {(byte) 0xFF}));
        assertThrows(UnreadableDocumentException.class, () -> new Extractor(new Limits(3, 100, 1))
                .read("a.txt", new byte[] {65, 65, 65, 65}));
    }
}
