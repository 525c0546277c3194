package org.candor.retrieval.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Hit;
import org.candor.retrieval.internal.text.Block;
import org.candor.retrieval.internal.text.Extraction;
import org.candor.retrieval.internal.text.Extractor;
import org.candor.retrieval.internal.text.Limits;
import org.candor.retrieval.internal.text.Passage;
import org.candor.retrieval.internal.text.Passages;
import org.candor.retrieval.internal.text.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A quote is the span of code points it says it is, whatever the file is made of. */
class OffsetsPropertyTest {
    @TempDir
    Path index;

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        "The otter",
                        " sleeps",
                        ". ",
                        "\n",
                        "\r\n",
                        "\n\n",
                        "\r\n\r\n",
                        "𝒪𝓉𝓉𝑒𝓇 🦦",
                        "茶很好。",
                        "“Is it?” ",
                        "# ",
                        "- ",
                        "1. ",
                        "```\n",
                        "| a | b |\n",
                        "> ",
                        "Dr. Ng",
                        " 3.14",
                        "\t",
                        "---\n",
                        "<!-- x -->",
                        "key: value\n",
                        "e\u0301",
                        "\u3000",
                        "! ",
                        "a".repeat(1_100),
                        "\uFEFF")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 500)
    void everyPassageAndSentenceIsItsSpanAndNothingIsLostOrDoubled(@ForAll("texts") String text) throws Exception {
        Extraction extraction;
        try {
            extraction = new Extractor(Limits.DEFAULT).read("a.md", text.getBytes(StandardCharsets.UTF_8));
        } catch (org.candor.retrieval.internal.text.UnreadableDocumentException e) {
            assertTrue(e.getMessage().contains("front matter"), e.getMessage());
            return;
        }
        assertEquals(text, extraction.text());
        int last = extraction.frontMatter().end();
        for (Block block : extraction.blocks()) {
            assertTrue(block.start() >= last && block.start() < block.end(), "blocks are in order");
            last = block.end();
        }
        int end = extraction.frontMatter().end();
        StringBuilder quoted = new StringBuilder();
        for (Passage passage : new Passages(60, 150).of(extraction)) {
            assertTrue(passage.start() >= end, "passages do not overlap");
            end = passage.end();
            int position = passage.start();
            for (Span sentence : passage.sentences()) {
                assertTrue(sentence.start() >= position && sentence.end() <= passage.end());
                position = sentence.end();
                quoted.append(text, sentence.start(), sentence.end());
            }
        }
        StringBuilder expected = new StringBuilder();
        for (Block block : extraction.blocks()) {
            if (block.kind() == Block.Kind.TEXT) {
                expected.append(text, block.start(), block.end());
            }
        }
        assertEquals(bare(expected), bare(quoted), "every character of running text belongs to one sentence");
    }

    private static String bare(CharSequence text) {
        return text.toString().replaceAll("[\\s\\u3000\\uFEFF]", "");
    }

    @Test
    void citationsCountCodePointsThroughAByteOrderMarkCarriageReturnsFrontMatterAndAstralCharacters() throws Exception {
        String text = "\uFEFF---\r\ntitle: 🦦 Otters\r\nsubjects: [ada]\r\n---\r\n\r\n# 🦦🦦\r\n\r\n"
                + "𝒯he 🦦 otter sleeps on kelp.\r\nIt 🪨 cracks\r\nshells with a stone.\r\n";
        try (TestLibrary library = TestLibrary.open(index)) {
            library.add("otters.md", text);
            int[] points = text.codePoints().toArray();
            Findings findings = library.retrieval.answer("What cracks shells with a stone?", "en", TestLibrary.scope());
            assertTrue(findings.citations().stream()
                    .anyMatch(c -> c.text().equals("It 🪨 cracks\r\nshells with a stone.")));
            for (Citation citation : findings.citations()) {
                assertEquals(citation.text(), new String(points, citation.start(), citation.end() - citation.start()));
            }
            List<Hit> hits = library.retrieval
                    .search("otter", "en", TestLibrary.scope(), 10)
                    .hits();
            assertEquals(1, hits.size());
            Hit hit = hits.getFirst();
            assertEquals(hit.text(), new String(points, hit.start(), hit.end() - hit.start()));
            assertEquals("🦦 Otters", hit.document().title());
            assertEquals(java.util.Set.of("ada"), hit.document().subjects());
            assertEquals(points.length, hit.document().characters());
            assertTrue(
                    library.retrieval.search("subjects ada", "en", TestLibrary.scope(), 10).hits().stream()
                            .allMatch(h -> Double.isNaN(h.lexical())),
                    "front matter is not searched");
        }
    }
}
