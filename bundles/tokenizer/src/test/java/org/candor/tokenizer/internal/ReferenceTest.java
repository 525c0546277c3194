package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every answer of the tokenizers library in the reference folders. */
class ReferenceTest {
    @Test
    void theCopiedAnswersEqualTheReference() throws Exception {
        ReferenceFolder folder = new ReferenceFolder(
                Path.of(Objects.requireNonNull(getClass().getResource("small")).toURI()));
        folder.checkCases();
        folder.checkTruncation();
        folder.checkStreaming();
        assertTrue(folder.cases() > 100, "too few cases: " + folder.cases());
        assertEquals(List.of(), folder.differences());
    }

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
        ReferenceFolder folder = new ReferenceFolder(path);
        folder.checkCases();
        folder.checkTruncation();
        folder.checkStreaming();
        List<String> differences = folder.differences();
        assertTrue(folder.cases() > 200, "too few cases: " + folder.cases());
        assertEquals(
                List.of(),
                differences.stream().limit(10).toList(),
                differences.size() + " differences in " + folder.cases() + " cases");
    }
}
