package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.candor.itests.Server.Result;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Policies over HTTP, on the real server: tests, replay, a swap under questions, and what a stricter policy demands. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PolicyIT {

    private static final Map<String, ?> STRICT = Map.of("policy", "strict", "version", "1.1.0");
    private static final Map<String, ?> ACTIVATE_STRICT =
            Map.of("policy", "strict", "version", "1.1.0", "reason", "an audit asks for it");
    private static final Map<String, ?> QUESTION = Map.of("question", "Who approves a policy?");

    @TempDir
    static Path folder;

    private Server server;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        server = new Server(folder.resolve("home"));
        Result started = server.candor("start");
        assertEquals(0, started.exitCode(), started.err());
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    private Map<String, Object> call(int status, String method, String path, Map<String, ?> body)
            throws IOException, InterruptedException {
        HttpResponse<String> response = server.http(method, path, body == null ? null : Json.write(body));
        assertEquals(status, response.statusCode(), response.body());
        return response.body().isEmpty() ? Map.of() : Server.json(response.body());
    }

    private static Object in(Map<?, ?> json, String... path) {
        Object value = json;
        for (String name : path) {
            value = ((Map<?, ?>) value).get(name);
        }
        return value;
    }

    @Test
    @Order(1)
    void theDefaultPackDecidesAndTheStrictOneCouldBeActivated() throws IOException, InterruptedException {
        Map<String, Object> list = call(200, "GET", "/admin/policies", null);
        assertEquals("default", in(list, "active", "name"));
        assertEquals("system", in(list, "active", "actor"));
        List<?> data = (List<?>) list.get("data");
        assertEquals(
                List.of("default active", "strict candidate"),
                data.stream()
                        .map(one -> in((Map<?, ?>) one, "name") + " " + in((Map<?, ?>) one, "state"))
                        .toList());
        Map<String, Object> tests = call(200, "POST", "/admin/policies/test", STRICT);
        assertEquals(true, tests.get("passed"), tests.toString());
        assertTrue((long) tests.get("run") > 5, tests.toString());
    }

    @Test
    @Order(2)
    void aSwapUnderQuestionsFailsNoneAndEveryAnswerNamesThePolicyThatDecided() throws Exception {
        String plain = (String) in(call(200, "POST", "/v1/answers", QUESTION), "policy", "digest");
        Map<String, Object> replay = call(200, "POST", "/admin/policies/replay", STRICT);
        assertTrue((long) replay.get("otherwise") > 0, replay.toString());
        AtomicBoolean stop = new AtomicBoolean();
        Queue<String> digests = new ConcurrentLinkedQueue<>();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        List<Thread> asking = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            asking.add(Thread.ofVirtual().start(() -> {
                while (!stop.get()) {
                    try {
                        HttpResponse<String> response = server.http(
                                "POST",
                                "/v1/answers",
                                Json.write(
                                        Map.of("question", "Who approves a policy?", "purpose", "question-answering")));
                        if (response.statusCode() == 200) {
                            digests.add((String) in(Server.json(response.body()), "policy", "digest"));
                        } else {
                            failures.add(response.body());
                        }
                    } catch (IOException | InterruptedException e) {
                        failures.add(e.toString());
                    }
                }
            }));
        }
        Map<String, Object> change = call(200, "POST", "/admin/policies/activate", ACTIVATE_STRICT);
        String strict = (String) in(change, "activation", "digest");
        call(200, "POST", "/v1/answers", Map.of("question", "Who?", "purpose", "research"));
        stop.set(true);
        for (Thread thread : asking) {
            thread.join();
        }
        assertTrue(failures.isEmpty(), failures.toString());
        assertTrue(Set.of(plain, strict).containsAll(digests), digests.toString());
        assertEquals("default", in(change, "evidence", "policy", "name"), "the old policy permitted the activation");
    }

    @Test
    @Order(3)
    void theStrictPolicyWantsAPurposeAndTwoPersons() throws IOException, InterruptedException {
        Map<String, Object> refused = call(403, "POST", "/v1/answers", QUESTION);
        assertEquals("purpose-required", in(refused, "error", "code"));
        assertEquals(
                "purpose-not-permitted",
                in(
                        call(403, "POST", "/v1/answers", Map.of("question", "Who?", "purpose", "advertising")),
                        "error",
                        "code"));
        Map<String, Object> alone = call(403, "POST", "/admin/policies/rollback", Map.of("reason", "back"));
        assertEquals("second-person-needed", in(alone, "error", "code"));
        assertEquals(
                "server-files-closed",
                in(call(403, "POST", "/v1/documents", Map.of("library", "/srv")), "error", "code"));
    }

    @Test
    @Order(4)
    void theActivationSurvivesARestartAndAnEditedFileDoesNotUndoIt() throws IOException, InterruptedException {
        assertEquals(0, server.candor("stop").exitCode());
        Path file = folder.resolve("home/etc/org.candor.policy.cfg");
        Files.writeString(
                file, Files.readString(file) + "\noperation.answer.roles = viewer\noperation.answer.purposes = *\n");
        Result started = server.candor("start");
        assertEquals(0, started.exitCode(), started.err());
        Map<String, Object> list = call(200, "GET", "/v1/status", null);
        assertEquals("strict", in(list, "policy", "name"));
        assertFalse(
                Files.readString(folder.resolve("home/policy/decisions/decisions.jsonl"))
                        .contains("\"cli\""),
                "who asked is a pseudonym");
    }
}
