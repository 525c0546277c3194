package org.candor.retrieval.internal.text;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mutated files end in text or in a clear exception: never in another one, an error, or no end. */
class ExtractorFuzzTest {
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

    private static byte[] sample(String type) throws Exception {
        return switch (type) {
            case "md", "txt" -> MARKDOWN.getBytes(StandardCharsets.UTF_8);
            case "html" -> HTML.getBytes(StandardCharsets.UTF_8);
            case "pdf" -> Samples.pdf("The otter sleeps.", "It cracks shells with a stone.");
            case "docx" -> Samples.docx("<w:p><w:r><w:t>One sentence.</w:t></w:r></w:p>".repeat(20));
            default -> throw new IllegalArgumentException(type);
        };
    }

    @ParameterizedTest
    @CsvSource({"md,4000,1", "txt,1000,2", "html,4000,3", "pdf,1500,4", "docx,3000,5"})
    void mutatedFilesEndInTextOrAClearException(String type, int rounds, long seed) throws Exception {
        Extractor extractor = new Extractor(new Limits(1 << 20, 200_000, 5));
        byte[] sample = sample(type);
        int[] outcomes = new int[2];
        for (int round = 0; round < rounds; round++) {
            Random random = new Random(seed * 1_000_003 + round);
            byte[] mutated = mutate(sample, random);
            int index = round;
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> {
                        try {
                            Extraction extraction = extractor.read("a." + type, mutated);
                            new Passages(60, 150).of(extraction);
                            outcomes[0]++;
                        } catch (UnreadableDocumentException e) {
                            assertTrue(!e.getMessage().isBlank());
                            outcomes[1]++;
                        }
                    },
                    () -> type + " seed " + seed + " round " + index);
        }
        assertTrue(outcomes[0] > 0, "some mutations are still read");
        assertTrue(outcomes[1] > 0 || type.equals("html"), "some mutations are refused; HTML takes everything");
    }

    private static byte[] mutate(byte[] sample, Random random) {
        byte[] bytes = sample.clone();
        for (int n = 1 + random.nextInt(8); n > 0; n--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes = java.util.Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(64), Math.min(bytes.length - from, bytes.length - at));
                    System.arraycopy(bytes.clone(), from, bytes, at, length);
                }
                default ->
                    bytes[at] =
                            "<>&-:[]{}()/\\\"'\n\0%0123456789".getBytes(StandardCharsets.US_ASCII)[random.nextInt(28)];
            }
        }
        return bytes;
    }
}
