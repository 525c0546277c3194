package org.candor.retrieval.internal.text;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.Mutation;
import org.junit.jupiter.api.Test;

/** Mutated files end in text or in a clear exception: never in another one, an error, or no end. */
class DocumentFuzzTest {
    private static final String MARKDOWN = """
            ---
            title: "A title"
            subjects: [ada, ben]
            purposes:
              - audit
            ---
            # Head

            Text. More text! 中文。🦦
            - item
            ```
            code
            ```
            """;
    private static final String HTML = "<!doctype html><html><head><title>T</title><meta charset=utf-8></head><body>"
            + "<h1>Head</h1><p>Text <b>bold</b> &amp; &#x1F9A6;</p><table><tr><td>c</td></tr></table>"
            + "<pre>a\n\nb</pre><script>x</script><svg><p>s</p></svg></body></html>";
    private static final int MOST_CHARACTERS = 200_000;
    private static final List<String> WORDS = List.of(
            "---\n",
            "subjects: ",
            "[",
            "]: ",
            "```",
            "&#x110000;",
            "<table>",
            "<svg>",
            "<!--",
            "<meta charset=utf-16>",
            " 0 obj",
            "/Length 99999999 ",
            "stream\n",
            "endstream",
            "%%EOF",
            "<!ENTITY a \"b\">",
            "<w:t>",
            "\u0000");

    private final Extractor extractor = new Extractor(new Limits(1 << 20, MOST_CHARACTERS, 5));

    /** The first byte of an input is its type's. */
    private static final Map<Byte, String> TYPES =
            Map.of((byte) 'm', "md", (byte) 't', "txt", (byte) 'h', "html", (byte) 'p', "pdf", (byte) 'd', "docx");

    @Test
    void mutatedFilesEndInTextOrAClearException() throws Exception {
        List<byte[]> examples = List.of(
                typed('m', MARKDOWN.getBytes(StandardCharsets.UTF_8)),
                typed('t', MARKDOWN.getBytes(StandardCharsets.UTF_8)),
                typed('h', HTML.getBytes(StandardCharsets.UTF_8)),
                typed('p', Samples.pdf("The otter sleeps.", "It cracks shells with a stone.")),
                typed('d', Samples.docx("<w:p><w:r><w:t>One sentence.</w:t></w:r></w:p>".repeat(20))));
        new Fuzz("document", examples, Mutation.anyOf(new ByteMutation(WORDS)))
                .rounds(10_000)
                .limits(20, 256)
                .run(this::read);
    }

    private static byte[] typed(char type, byte[] content) {
        byte[] typed = new byte[content.length + 1];
        typed[0] = (byte) type;
        System.arraycopy(content, 0, typed, 1, content.length);
        return typed;
    }

    private boolean read(byte[] input) throws Exception {
        String type = input.length == 0 ? "txt" : TYPES.getOrDefault(input[0], "docx");
        byte[] content = new byte[Math.max(0, input.length - 1)];
        System.arraycopy(input, Math.min(1, input.length), content, 0, content.length);
        try {
            Extraction extraction = extractor.read("a." + type, content);
            assertTrue(extraction.text().length() <= MOST_CHARACTERS);
            new Passages(60, 150).of(extraction);
            return true;
        } catch (UnreadableDocumentException refusal) {
            assertTrue(!refusal.getMessage().isBlank());
            return false;
        }
    }
}
