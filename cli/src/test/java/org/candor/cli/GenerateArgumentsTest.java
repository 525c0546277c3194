package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.candor.proof.Json;
import org.junit.jupiter.api.Test;

class GenerateArgumentsTest {

    @Test
    void aPromptAloneAsksTheToyForAStreamAndLeavesTheRestToTheServer() {
        GenerateArguments arguments = GenerateArguments.parse(List.of("Once upon"));
        assertEquals(new GenerateArguments("Once upon", false, "stories-tiny", 200, null, null), arguments);
        assertEquals(
                Map.of(
                        "model",
                        "stories-tiny",
                        "prompt",
                        "Once upon",
                        "max_tokens",
                        200L,
                        "stream",
                        true,
                        "stream_options",
                        Map.of("include_usage", true)),
                Json.parse(arguments.body()));
    }

    @Test
    void optionsComeBeforeThePromptAndReachTheRequest() {
        GenerateArguments arguments = GenerateArguments.parse(List.of(
                "--json", "--model", "m", "--max-tokens", "3", "--temperature", "0.5", "--seed", "-7", "--", "-dash"));
        assertEquals(new GenerateArguments("-dash", true, "m", 3, 0.5, -7L), arguments);
        assertEquals(
                Map.of("model", "m", "prompt", "-dash", "max_tokens", 3L, "temperature", 0.5, "seed", -7L),
                Json.parse(arguments.body()));
    }

    @Test
    void mistakesAreWrongArguments() {
        assertWrong(List.of(), "one prompt");
        assertWrong(List.of("two", "prompts"), "one prompt");
        assertWrong(List.of(""), "empty");
        assertWrong(List.of("--colour", "p"), "--colour");
        assertWrong(List.of("--seed"), "--seed needs a value");
        assertWrong(List.of("--max-tokens", "0", "p"), "--max-tokens 0: allowed is a whole number from 1 to");
        assertWrong(List.of("--max-tokens", "many", "p"), "--max-tokens many");
        assertWrong(List.of("--temperature", "2.1", "p"), "--temperature 2.1: allowed is a number from 0.0 to 2.0");
        assertWrong(List.of("--temperature", "NaN", "p"), "--temperature NaN");
    }

    private static void assertWrong(List<String> words, String named) {
        Failure failure = assertThrows(Failure.class, () -> GenerateArguments.parse(words));
        assertEquals(Failure.WRONG_ARGUMENT, failure.exitCode());
        assertTrue(failure.getMessage().contains(named), failure.getMessage());
    }
}
