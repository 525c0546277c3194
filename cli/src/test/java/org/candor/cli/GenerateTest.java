package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateTest {

    @TempDir
    Path home;

    private FakeServer server;
    private LoggedText log;

    @BeforeEach
    void start() throws IOException, InvalidProofException {
        server = new FakeServer(home);
        log = new LoggedText(home);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String chunk(String text) {
        return "data: {\"choices\": [{\"index\": 0, \"text\": \"" + text + "\"}], \"usage\": null}\n\n";
    }

    /** The end of a text that goes on with "Once". */
    private String last(String text) {
        return Json.write(Map.of(
                "choices",
                List.of(Map.of("index", 0, "text", "", "finish_reason", "stop")),
                "usage",
                LoggedText.usage(),
                "candor",
                log.candor("generate", "Once", text, "stop")));
    }

    private int generate(String... words) {
        return new Generate(server.instance, server.terminal).run(List.of(words));
    }

    @Test
    void aTextIsShownPieceByPieceAndThenHowItCameAbout() {
        server.then(
                200,
                chunk(", there") + ": working\n\n" + chunk(" was 文") + chunk("") + "data: " + last(", there was 文")
                        + "\n\ndata: [DONE]\n\n");
        assertEquals(0, generate("--seed", "1", "Once"));
        List<String> lines = server.shown().lines().toList();
        assertEquals(List.of(", there was 文", ""), lines.subList(0, 2));
        assertTrue(
                lines.get(2)
                        .matches("stories-tiny 1\\.0\\.0 · 40 tokens, [0-9.]+ tokens/s · 0\\.51 J \\(estimate\\)"
                                + " · proof verified: entry 0 of 1"),
                lines.get(2));
        assertEquals(3, lines.size());
        assertTrue(server.requests.getFirst().startsWith("POST /v1/completions Bearer the-key {"));
        assertTrue(server.requests.getFirst().contains("\"seed\":1"), server.requests::toString);
    }

    @Test
    void jsonIsTheServersObjectOnce() {
        String whole = completion("a", "a");
        server.then(200, whole + "\n");
        assertEquals(0, generate("--json", "Once"));
        assertEquals(whole, server.shown().strip());
        assertTrue(!server.requests.getFirst().contains("stream"), server.requests::toString);
    }

    @Test
    void aModelThatIsStillBeingLoadedIsAskedAgain() {
        server.then(503, "{\"error\": {\"code\": \"model-unavailable\", \"message\": \"Soon.\"}}")
                .then(200, chunk("a") + "data: " + last("a") + "\n\ndata: [DONE]\n\n");
        assertEquals(0, generate("Once"));
        assertEquals(2, server.requests.size());
    }

    @Test
    void theModelThatShipsComesAMomentAfterANewServerIsReady() {
        server.then(404, "{\"error\": {\"code\": \"model_not_found\", \"message\": \"No model.\"}}")
                .then(200, chunk("a") + "data: " + last("a") + "\n\ndata: [DONE]\n\n");
        assertEquals(0, generate("Once"));
        assertEquals(2, server.requests.size());
    }

    /** @param logged the text that the log has */
    private String completion(String logged, String told) {
        return Json.write(Map.of(
                "object",
                "text_completion",
                "choices",
                List.of(Map.of("index", 0, "text", told, "finish_reason", "stop")),
                "usage",
                LoggedText.usage(),
                "candor",
                log.candor("generate", "Once", logged, "stop")));
    }

    @Test
    void aTextThatTheLogDoesNotHaveFails() {
        server.then(200, chunk("another") + "data: " + last("a") + "\n\ndata: [DONE]\n\n");
        assertFails("\"continuations\" is not what the log entry commits to");
        server.then(200, completion("a", "another"));
        Failure failure = assertThrows(Failure.class, () -> generate("--json", "Once"));
        assertTrue(failure.getMessage().contains("continuations"), failure.getMessage());
        server.then(200, completion("a", "a"));
        failure = assertThrows(Failure.class, () -> generate("--json", "Twice"));
        assertTrue(failure.getMessage().contains("prompts"), failure.getMessage());
    }

    private void assertFails(String message) {
        Failure failure = assertThrows(Failure.class, () -> generate("--model", "m", "Once"));
        assertEquals(Failure.FAILED, failure.exitCode());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }

    @Test
    void whatTheServerRefusesIsSaidInItsWords() {
        server.then(404, "{\"error\": {\"code\": \"model_not_found\", \"message\": \"No model.\"}}");
        assertFails("No model.");
    }

    @Test
    void anErrorAfterTheBeginFailsAndLeavesWhatWasWritten() {
        server.then(200, chunk("half") + "data: {\"error\": {\"message\": \"The model was removed.\"}}\n\n");
        assertFails("The model was removed.");
        assertEquals("half\n", server.shown());
    }

    @Test
    void aTextThatBreaksOffFails() {
        server.then(200, chunk("half"));
        assertFails("broke off");
        server.then(200, chunk("half") + "data: " + last("half") + "\n\n");
        assertFails("broke off");
    }

    @Test
    void aTextCannotPlayTheTerminal() {
        server.then(200, chunk("a\\u001b[2Jb") + "data: " + last("a\u001b[2Jb") + "\n\ndata: [DONE]\n\n");
        assertEquals(0, generate("Once"));
        assertEquals("a\uFFFD[2Jb", server.shown().lines().findFirst().orElseThrow());
    }

    @Test
    void speedIsTokensOverTheTimeFromTheRequestToTheLastText() {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
        AtomicLong clock = new AtomicLong(5);
        GeneratedText text = new GeneratedText(new Terminal(out, out, 0, false, false), clock::get);
        text.begin();
        clock.addAndGet(2_000_000_000L);
        text.line(chunk("a").strip());
        clock.addAndGet(9_000_000_000L);
        text.line("data: " + last("a"));
        text.line("data: [DONE]");
        text.end("Once", new Verification(home.resolve("log/key.pub")));
        assertTrue(
                shown.toString(StandardCharsets.UTF_8).contains("· 40 tokens, 20.0 tokens/s ·"),
                () -> shown.toString(StandardCharsets.UTF_8));
    }
}
