package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AskArgumentsTest {

    @TempDir
    Path directory;

    @Test
    void aQuestionAloneLeavesEverythingToTheServer() {
        AskArguments arguments = AskArguments.parse(List.of("who?"), directory);
        assertEquals("who?", arguments.question());
        assertFalse(arguments.json());
        assertNull(arguments.library());
        assertNull(arguments.language());
        assertNull(arguments.purpose());
    }

    @Test
    void optionsComeBeforeTheQuestionAndALibraryIsRelativeToWhereThePersonIs() throws IOException {
        Path library = Files.createDirectory(directory.resolve("my docs"));
        AskArguments arguments = AskArguments.parse(
                List.of("--json", "--library", "my docs", "--lang", "zh", "--purpose", "research", "--", "-dash?"),
                directory);
        assertEquals(new AskArguments("-dash?", true, library, "zh", "research"), arguments);
    }

    @Test
    void mistakesAreWrongArguments() {
        assertWrong(List.of(), "one question");
        assertWrong(List.of("two", "questions"), "one question");
        assertWrong(List.of("  "), "empty");
        assertWrong(List.of("--lang", "fr", "q"), "fr");
        assertWrong(List.of("--lang"), "--lang");
        assertWrong(List.of("--library", "missing", "q"), "missing");
        assertWrong(List.of("--colour", "q"), "--colour");
    }

    private void assertWrong(List<String> words, String named) {
        Failure failure = assertThrows(Failure.class, () -> AskArguments.parse(words, directory));
        assertEquals(Failure.WRONG_ARGUMENT, failure.exitCode());
        assertTrue(failure.getMessage().contains(named), failure.getMessage());
    }
}
