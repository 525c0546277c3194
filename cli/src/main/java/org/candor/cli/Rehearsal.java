package org.candor.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.proof.Checkpoint;
import org.candor.proof.Commitments;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.candor.proof.MerkleTree;
import org.candor.proof.SigningKey;
import org.candor.proof.TlogProof;

/** Goes through what {@code ask} does, so that the build can record the classes it needs for a faster start. */
final class Rehearsal {

    private static final int MILLIS = 100;
    private static final int CLOSED_PORT = 1;

    private Rehearsal() {}

    /** Sends a request to a port where nobody listens; verifies an answer it made itself and shows it to nobody. */
    static int run(Instance instance) {
        AskArguments.parse(List.of("--json", "--lang", "en", "question"), instance.directory());
        try {
            new Http(new Instance(instance.home(), CLOSED_PORT, instance.directory()))
                    .send("POST", "/v1/answers", "key", "{}", MILLIS);
        } catch (IOException e) {
            // Expected: the classes are loaded, and that is what this is for.
        }
        try {
            rehearseAnswer();
        } catch (IOException | InvalidProofException e) {
            throw Failure.failed("the rehearsal failed: " + e.getMessage());
        }
        return 0;
    }

    private static void rehearseAnswer() throws IOException, InvalidProofException {
        SigningKey log = SigningKey.generate("candor.example/rehearsal");
        Path key = Files.createTempFile("rehearsal", ".pub");
        try {
            Files.writeString(key, log.verifier().toString());
            String answer = Json.write(loggedAnswer(log));
            String proof = new Verification(key).verify(answer.getBytes(StandardCharsets.UTF_8));
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            new AnswerText(new Terminal(nowhere, nowhere, 80, true, false)).print(JsonObject.parse(answer), proof);
        } finally {
            Files.delete(key);
        }
    }

    /** An answer that is the only entry of a log. */
    static Map<String, Object> loggedAnswer(SigningKey log) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("question", "question");
        answer.put("answer", "text");
        answer.put("citations", List.of(Map.of("document", "a.md", "start", 0, "end", 6, "text", "文 text")));
        answer.put("models", List.of(Map.of("name", "encoder", "version", "1")));
        answer.put("energy", Map.of("joules", 1.5, "method", "estimate"));
        answer.put("policy", Map.of("decision", "permit"));
        logged(log, answer, Map.of());
        answer.put("timings", Map.of("total", 1.5));
        return answer;
    }

    /**
     * Adds the entry that commits to all members, in a log that has no other, and its proof.
     *
     * @param more members of the entry beside its commitments
     */
    static void logged(SigningKey log, Map<String, Object> members, Map<String, Object> more) {
        Map<String, Object> openings = new TreeMap<>();
        Map<String, Object> commitments = new TreeMap<>();
        byte[] opening = new byte[Commitments.KEY_BYTES];
        members.forEach((name, value) -> {
            openings.put(name, Base64.getEncoder().encodeToString(opening));
            commitments.put(name, Commitments.commit(opening, value));
        });
        Map<String, Object> leaf = new TreeMap<>(more);
        leaf.put("commitments", commitments);
        byte[] root = MerkleTree.leafHash(Json.canonical(leaf));
        String checkpoint = log.sign(new Checkpoint(log.verifier().name(), 1, root, List.of()).text());
        members.put("leaf", leaf);
        members.put("openings", openings);
        members.put("proof", new TlogProof(0, List.of(), checkpoint).text());
    }
}
