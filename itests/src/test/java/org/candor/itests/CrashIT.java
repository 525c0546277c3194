package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.candor.proof.AnswerVerifier;
import org.candor.proof.InvalidProofException;
import org.candor.proof.TlogProof;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole server is killed in the middle of its work, again and again. */
class CrashIT {

    private static final int KILLS = 5;
    private static final int ASKERS = 4;
    private static final int ANSWERS_BEFORE_KILL = 12;
    private static final int PATIENCE_SECONDS = 60;
    private static final String QUESTION = "{\"question\": \"When was the lighthouse built?\"}";

    @TempDir
    Path folder;

    @Test
    void noAcknowledgedAnswerIsLostAndEveryProofStaysTrue() throws Exception {
        Path library = Files.createDirectories(folder.resolve("library"));
        Files.writeString(
                library.resolve("lighthouse.md"), "The lighthouse was built in 1874 by the harbour company.\n");
        List<Map<String, Object>> acknowledged = new CopyOnWriteArrayList<>();
        try (Server server = new Server(folder.resolve("home"))) {
            assertEquals(
                    0,
                    server.candor("ask", "--library", library.toString(), "When was the lighthouse built?")
                            .exitCode());
            String key = Files.readString(server.home().resolve("log/key.pub")).strip();
            for (int kill = 0; kill < KILLS; kill++) {
                killUnderLoad(server, acknowledged);
                server.start();
                assertEquals(
                        key,
                        Files.readString(server.home().resolve("log/key.pub")).strip());
                assertEveryProofHolds(server, key, acknowledged);
            }
        }
        assertTrue(acknowledged.size() >= KILLS * ANSWERS_BEFORE_KILL, "answers: " + acknowledged.size());
    }

    private static void killUnderLoad(Server server, List<Map<String, Object>> acknowledged) throws Exception {
        AtomicBoolean killed = new AtomicBoolean();
        Semaphore answered = new Semaphore(0);
        List<Thread> askers = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
            askers.add(Thread.ofVirtual().start(() -> {
                while (!killed.get()) {
                    try {
                        HttpResponse<String> response = server.http("POST", "/v1/answers", QUESTION);
                        if (response.statusCode() == 200) {
                            acknowledged.add(Server.json(response.body()));
                            answered.release();
                        }
                    } catch (IOException e) {
                        // The connection died with the server: that answer was not acknowledged.
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }));
        }
        assertTrue(
                answered.tryAcquire(ANSWERS_BEFORE_KILL, PATIENCE_SECONDS, TimeUnit.SECONDS),
                "too few answers in time");
        server.kill();
        killed.set(true);
        for (Thread asker : askers) {
            asker.join();
        }
    }

    /** Each proof verifies, and the log as it is now holds at least as many entries as the newest proof speaks of. */
    private static void assertEveryProofHolds(Server server, String key, List<Map<String, Object>> answers)
            throws Exception {
        AnswerVerifier verifier = new AnswerVerifier(VerifierKey.parse(key), List.of());
        long largest = 0;
        for (Map<String, Object> answer : answers) {
            largest = Math.max(largest, verified(verifier, answer).checkpoint().size());
        }
        String checkpoint = server.http("GET", "/v1/log/checkpoint", null).body();
        long size = Long.parseLong(checkpoint.lines().skip(1).findFirst().orElseThrow());
        assertTrue(size >= largest, "the log has " + size + " entries after the kill, an answer proved " + largest);
    }

    private static TlogProof.Verified verified(AnswerVerifier verifier, Map<String, Object> answer) {
        try {
            return verifier.verify(answer);
        } catch (InvalidProofException e) {
            throw new AssertionError(e);
        }
    }
}
