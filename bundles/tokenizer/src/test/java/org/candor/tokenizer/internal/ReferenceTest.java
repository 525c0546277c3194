package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.candor.api.tokenize.TokenizerFormatException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every answer of the tokenizers library in the reference folders, on the components that are supported. */
class ReferenceTest {
    private static final List<String> SUPPORTED = List.of(
            "wordpiece-bert-cased",
            "wordpiece-bert-uncased",
            "model-wordlevel",
            "model-wordlevel-lower",
            "model-wordpiece-prefix-maxchars",
            "postprocessor-bert",
            "postprocessor-template-multi",
            "postprocessor-template-none",
            "decoder-wordpiece-cleanup",
            "decoder-wordpiece-plain",
            "decoder-none");

    @TestFactory
    Stream<DynamicTest> theAnswersEqualTheReference() throws IOException {
        Path references = Path.of(System.getProperty("candor.shared", "../shared"), "reference", "tokenizers");
        Assumptions.assumeTrue(Files.isDirectory(references), "no reference folder at " + references);
        try (Stream<Path> folders = Files.list(references)) {
            return folders.filter(Files::isDirectory).sorted().toList().stream()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
        }
    }

    private static void check(Path path) throws IOException {
        if (!SUPPORTED.contains(path.getFileName().toString())) {
            TokenizerFormatException refused =
                    Assertions.assertThrows(TokenizerFormatException.class, () -> new ReferenceFolder(path));
            assertTrue(refused.getMessage().contains("is not supported"), refused.getMessage());
            return;
        }
        ReferenceFolder folder = new ReferenceFolder(path);
        folder.checkCases();
        folder.checkTruncation();
        List<String> differences = folder.differences();
        assertTrue(folder.cases() > 200, "too few cases: " + folder.cases());
        assertEquals(
                List.of(),
                differences.stream().limit(10).toList(),
                differences.size() + " differences in " + folder.cases() + " cases");
    }
}
