package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextProofTest {

    @TempDir
    Path home;

    private LoggedText log;
    private Verification verification;

    @BeforeEach
    void start() throws IOException, InvalidProofException {
        log = new LoggedText(home);
        verification = new Verification(home.resolve("log/key.pub"));
    }

    /** @param written text and end as clients are told, by turns */
    private static Map<String, Object> completion(Map<String, Object> candor, String... written) {
        List<Object> choices = new ArrayList<>();
        for (int i = 0; i < written.length; i += 2) {
            choices.add(new LinkedHashMap<>(Map.of("text", written[i], "finish_reason", written[i + 1])));
        }
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("object", "text_completion");
        response.put("choices", choices);
        response.put("usage", LoggedText.usage());
        response.put("candor", candor);
        return response;
    }

    private String verify(Map<String, Object> response, String prompt) {
        return verification.verifyText(Json.write(response).getBytes(StandardCharsets.UTF_8), prompt);
    }

    @Test
    void aTextIsVerifiedWithAndWithoutWhatWasAsked() {
        Map<String, Object> response = completion(log.candor("generate", "Once", " upon 文", "stop"), " upon 文", "stop");
        assertTrue(TextProof.isCompletion(response));
        assertEquals("proof verified: entry 0 of 1", verify(response, "Once"));
        assertEquals("proof verified: entry 0 of 1", verify(response, null));
        Failure failure = assertThrows(Failure.class, () -> verify(response, "Twice"));
        assertTrue(failure.getMessage().contains("\"prompts\""), failure.getMessage());
    }

    @Test
    void whatEndedByTimeIsToldAsLength() {
        Map<String, Object> candor =
                log.candor("generate", "Once", "a", "length", "b", "stop", "c", "deadline", "d", "length");
        assertEquals(
                "proof verified: entry 0 of 1",
                verify(completion(candor, "a", "length", "b", "stop", "c", "length", "d", "length"), "Once"));
        assertThrows(
                Failure.class,
                () -> verify(completion(candor, "a", "length", "b", "length", "c", "length", "d", "length"), "Once"));
    }

    @Test
    void manyTextsAreVerifiedWhereTheyEndedAlike() {
        List<String> logged = new ArrayList<>();
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            logged.addAll(List.of("text " + i, "deadline"));
            told.addAll(List.of("text " + i, "length"));
        }
        Map<String, Object> candor = log.candor("generate", "Once", logged.toArray(String[]::new));
        assertEquals("proof verified: entry 0 of 1", verify(completion(candor, told.toArray(String[]::new)), "Once"));
    }

    private void refused(Consumer<Map<String, Object>> change, String named) {
        Map<String, Object> response = completion(log.candor("generate", "Once", "a", "stop"), "a", "stop");
        change.accept(response);
        Failure failure = assertThrows(Failure.class, () -> verify(response, "Once"));
        assertEquals(Failure.FAILED, failure.exitCode());
        assertTrue(failure.getMessage().contains(named), failure.getMessage());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> in(Map<String, Object> response, String name) {
        return (Map<String, Object>) response.get(name);
    }

    @Test
    void whateverIsChangedIsNamed() {
        refused(response -> in(response, "candor").put("seed", 8), "\"seed\"");
        refused(response -> in(response, "candor").put("model", Map.of("name", "better")), "\"model\"");
        refused(response -> in(response, "candor").put("masked", List.of("x")), "\"masked\"");
        refused(response -> in(response, "candor").remove("policy"), "\"policy\"");
        refused(response -> in(response, "usage").put("completion_tokens", 39), "\"usage\"");
        refused(response -> in(response, "usage").put("energy", Map.of("joules", 0.1)), "\"energy\"");
        refused(
                response -> response.put("choices", List.of(Map.of("text", "b", "finish_reason", "stop"))),
                "\"continuations\"");
        refused(response -> response.put("choices", List.of()), "\"continuations\"");
        refused(response -> in(response, "candor").remove("proof"), "no proof");
        refused(
                response -> response.put("candor", log.candor("answer", "Once", "a", "stop")),
                "of the operation \"answer\"");
    }
}
