package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.candor.proof.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallArgumentsTest {

    @TempDir
    Path directory;

    private Path model;

    @BeforeEach
    void makeModel() throws IOException {
        model = Files.createDirectory(directory.resolve("my model"));
    }

    @Test
    void aFolderAloneIsRelativeToWhereThePersonIsAndTheRestIsTheServers() {
        InstallArguments arguments = InstallArguments.parse(List.of("my model"), directory);
        assertEquals(
                new InstallArguments(model, null, null, null, null, false, "installed from the command line"),
                arguments);
        assertEquals(
                Map.of("folder", model.toString(), "reason", "installed from the command line"),
                Json.parse(arguments.body()));
    }

    @Test
    void optionsReachTheRequest() {
        InstallArguments arguments = InstallArguments.parse(
                List.of(
                        model.toString(),
                        "--name",
                        "n",
                        "--version",
                        "2.0.0",
                        "--weights",
                        "bf16",
                        "--activate",
                        "--reason",
                        "trial"),
                directory);
        assertEquals(new InstallArguments(model, "n", "2.0.0", "bf16", null, true, "trial"), arguments);
        assertEquals(
                Map.of(
                        "folder", model.toString(),
                        "name", "n",
                        "version", "2.0.0",
                        "weights", "bf16",
                        "reason", "trial"),
                Json.parse(arguments.body()));
    }

    @Test
    void optionsMayComeBeforeTheFolder() {
        InstallArguments arguments =
                InstallArguments.parse(List.of("--activate", "my model", "--name", "n"), directory);
        assertEquals(
                new InstallArguments(model, "n", null, null, null, true, "installed from the command line"), arguments);
    }

    @Test
    void anAdapterHasABase() {
        InstallArguments arguments = InstallArguments.parse(List.of("my model", "--base", "llama:1.0.0"), directory);
        assertEquals(
                Map.of(
                        "folder", model.toString(),
                        "base", "llama:1.0.0",
                        "reason", "installed from the command line"),
                Json.parse(arguments.body()));
    }

    @Test
    void mistakesAreWrongArguments() {
        assertWrong(List.of(), "takes a model's folder or GGUF file");
        assertWrong(List.of("--activate"), "takes a model's folder or GGUF file");
        assertWrong(List.of("missing"), "missing: there is no such folder or file");
        assertWrong(List.of("my model", "another"), "not 2");
        assertWrong(
                List.of("my model", "--weights", "q3"), "--weights q3: allowed is f32, bf16, f16, i8, q8, q4, stored");
        assertWrong(List.of("my model", "--name"), "--name needs a value");
        assertWrong(List.of("my model", "--quick"), "--quick");
    }

    private void assertWrong(List<String> words, String named) {
        Failure failure = assertThrows(Failure.class, () -> InstallArguments.parse(words, directory));
        assertEquals(Failure.WRONG_ARGUMENT, failure.exitCode());
        assertTrue(failure.getMessage().contains(named), failure.getMessage());
    }
}
