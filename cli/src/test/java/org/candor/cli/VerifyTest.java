package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.candor.proof.SigningKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {

    @TempDir
    Path home;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    private Map<String, Object> answer;

    @BeforeEach
    void logAnAnswer() throws IOException, InvalidProofException {
        SigningKey log = SigningKey.generate("candor.example/test");
        answer = Rehearsal.loggedAnswer(log);
        Files.createDirectories(home.resolve("log"));
        Files.writeString(home.resolve("log/key.pub"), log.verifier() + "\n");
    }

    @Test
    void aSavedAnswerIsVerifiedWithTheKeyOfTheHome() throws IOException {
        assertEquals(0, verify(save(answer)));
        assertEquals(
                "proof verified: entry 0 of 1",
                out.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void aSavedTextIsVerifiedToo() throws Exception {
        LoggedText texts = new LoggedText(home);
        Map<String, Object> text = new LinkedHashMap<>(Map.of(
                "object",
                "text_completion",
                "choices",
                List.of(Map.of("text", "a", "finish_reason", "stop")),
                "usage",
                LoggedText.usage(),
                "candor",
                texts.candor("generate", "Once", "a", "stop")));
        assertEquals(0, verify(save(text)));
        assertTrue(
                out.toString(StandardCharsets.UTF_8).startsWith("proof verified: entry 0 of 1"),
                out.toString(StandardCharsets.UTF_8));
        text.put("choices", List.of(Map.of("text", "b", "finish_reason", "stop")));
        Failure failure = assertThrows(Failure.class, () -> verify(save(text)));
        assertTrue(failure.getMessage().contains("\"continuations\""), failure.getMessage());
    }

    @Test
    void timingsAndIdMayChange() throws IOException {
        answer.put("timings", Map.of("total", 9));
        answer.put("id", "other");
        assertEquals(0, verify(save(answer)));
    }

    @Test
    void aChangedMemberIsNamed() throws IOException {
        answer.put("answer", "forged");
        Failure failure = assertThrows(Failure.class, () -> verify(save(answer)));
        assertEquals(Failure.FAILED, failure.exitCode());
        assertTrue(failure.getMessage().contains("\"answer\""), failure.getMessage());
    }

    @Test
    void anotherLogsKeyIsRefused() throws Exception {
        Path other = home.resolve("other.pub");
        Files.writeString(
                other, SigningKey.generate("candor.example/test").verifier().toString());
        Failure failure = assertThrows(Failure.class, () -> verify(save(answer), "--key", "other.pub"));
        assertTrue(failure.getMessage().contains("signed"), failure.getMessage());
    }

    @Test
    void missingFilesAndKeysAreToldApart() throws IOException {
        assertTrue(assertThrows(Failure.class, () -> verify("missing.json"))
                .getMessage()
                .contains("missing.json"));
        String file = save(answer);
        Files.delete(home.resolve("log/key.pub"));
        assertTrue(assertThrows(Failure.class, () -> verify(file)).getMessage().contains("key.pub"));
        assertEquals(
                Failure.WRONG_ARGUMENT,
                assertThrows(Failure.class, () -> verify()).exitCode());
    }

    private String save(Map<String, Object> object) throws IOException {
        Files.writeString(home.resolve("answer.json"), Json.write(object));
        return "answer.json";
    }

    private int verify(String... arguments) {
        Terminal terminal = new Terminal(print, print, 0, false, false);
        return new Verify(new Instance(home, 1, home), terminal).run(List.of(arguments));
    }
}
