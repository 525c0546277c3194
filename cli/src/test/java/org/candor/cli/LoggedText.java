package org.candor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.proof.InvalidProofException;
import org.candor.proof.SigningKey;

/** Texts as a server gives them, in a log whose key lies in the home. */
final class LoggedText {

    private static final Map<String, Object> ENERGY = Map.of("joules", 0.512, "method", "estimate");

    private final SigningKey log;

    LoggedText(Path home) throws IOException, InvalidProofException {
        log = SigningKey.generate("candor.example/test");
        Files.createDirectories(home.resolve("log"));
        Files.writeString(home.resolve("log/key.pub"), log.verifier() + "\n");
    }

    /** What clients are told of the usage. */
    static Map<String, Object> usage() {
        return new LinkedHashMap<>(Map.of(
                "prompt_tokens",
                3,
                "completion_tokens",
                40,
                "prompt_tokens_details",
                Map.of("cached_tokens", 1),
                "energy",
                ENERGY));
    }

    /**
     * The server's object on texts.
     *
     * @param operation of the entry
     * @param written text and end by turns, as the log has them
     */
    Map<String, Object> candor(String operation, String prompt, String... written) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("model", Map.of("name", "stories-tiny", "version", "1.0.0", "digest", "sha256:00"));
        members.put("seed", 7);
        members.put("masked", List.of());
        members.put("policy", Map.of("decision", "permit"));
        Map<String, Object> closed = new LinkedHashMap<>(members);
        closed.put("energy", ENERGY);
        closed.put("prompts", List.of(prompt));
        closed.put("parameters", Map.of("max_tokens", 40));
        closed.put("usage", Map.of("prompt_tokens", 3, "completion_tokens", 40, "cached_tokens", 1));
        List<Map<String, Object>> continuations = new ArrayList<>();
        for (int i = 0; i < written.length; i += 2) {
            continuations.add(Map.of("text", written[i], "finish", written[i + 1]));
        }
        closed.put("continuations", continuations);
        Rehearsal.logged(log, closed, Map.of("operation", operation));
        for (String name : List.of("leaf", "openings", "proof")) {
            members.put(name, closed.get(name));
        }
        members.put("id", "id-7");
        return members;
    }
}
