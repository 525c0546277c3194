package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.itests.Server.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stop under load: what can end ends, what cannot or comes too late is refused clearly, and the next start finds
 * everything that was answered.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StopIT {

    private static final int RUNNING = 6;
    private static final Pattern ACTIVE = Pattern.compile("(?m)^http_server_active_requests ([0-9]+)");
    private static final String QUESTION = "{\"question\": \"What does withdrawal of consent reach?\"}";

    private Server server;

    /** What became of the requests that ran when the server was told to stop. */
    private record Running(Collection<String> ids, Collection<String> refused) {}

    @BeforeAll
    void make(@TempDir Path folder) throws IOException, InterruptedException {
        server = new Server(folder.resolve("home"));
        // A place for each of them: none of these requests waits for another, and none is refused as busy.
        Path etc = Files.createDirectories(server.home().resolve("etc"));
        Files.writeString(etc.resolve("org.candor.governor.cfg"), "concurrency = 16\n");
    }

    @BeforeEach
    void start() throws IOException, InterruptedException {
        server.start();
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    /** @param texts of 512 tokens each */
    private static String embeddings(int texts) {
        String text = "\"" + "the harbour company built a lighthouse ".repeat(80) + "\"";
        return "{\"model\": \"encoder-en\", \"input\": [" + String.join(",", Collections.nCopies(texts, text)) + "]}";
    }

    @Test
    void whatRunsEndsAndWhatComesIsRefused() throws Exception {
        Running running = stopUnderLoad(embeddings(2));
        assertEquals(List.of(), List.copyOf(running.refused()), "some tenths of a second of arithmetic each");
        server.start();
        found(running.ids());
    }

    @Test
    void whatOutlastsTheStopIsToldSo() throws Exception {
        // Minutes of arithmetic.
        Running running = stopUnderLoad(embeddings(1_000));
        assertEquals(RUNNING, running.refused().size(), "all outlast the stop");
        for (String refused : running.refused()) {
            assertTrue(refused.contains("\"code\":\"stopping\""), refused);
        }
        server.start();
        assertEquals(0, server.candor("status").exitCode());
    }

    /** What was answered is in the log, and proven. */
    private void found(Collection<String> ids) throws IOException, InterruptedException {
        assertTrue(ids.size() > RUNNING, "only " + ids.size() + " answers");
        for (String id : ids) {
            HttpResponse<String> proof = server.http("GET", "/v1/proofs/" + id, null);
            assertEquals(200, proof.statusCode(), proof.body());
        }
    }

    private static boolean clearRefusal(HttpResponse<String> response) {
        return response.statusCode() == 503
                && response.headers().firstValue("Retry-After").isPresent()
                && Server.json(response.body()).get("error") instanceof Map;
    }

    private void awaitActive(int count) throws IOException, InterruptedException {
        for (int i = 0; i < 600; i++) {
            Matcher active = ACTIVE.matcher(server.http("GET", "/metrics", null).body());
            assertTrue(active.find(), "no gauge of requests");
            // This one is among them.
            if (Integer.parseInt(active.group(1)) > count) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("never " + count + " requests at once");
    }

    /** Sends long requests, stops the server while they run, and others come. */
    private Running stopUnderLoad(String body) throws Exception {
        Running running = new Running(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        Semaphore answered = new Semaphore(0);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger turnedAway = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                while (!ended.get()) {
                    try {
                        HttpResponse<String> response = server.http("POST", "/v1/answers", QUESTION);
                        if (response.statusCode() == 200) {
                            running.ids()
                                    .add((String) Server.json(response.body()).get("id"));
                            answered.release();
                        } else if (clearRefusal(response)) {
                            turnedAway.incrementAndGet();
                        } else {
                            wrong.add(response.statusCode() + " " + response.body());
                        }
                    } catch (IOException e) {
                        // The connection ended with the server: HTTP is the last to go.
                        return;
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }));
        }
        assertTrue(answered.tryAcquire(2, 120, TimeUnit.SECONDS), "no answer: " + wrong);
        for (int i = 0; i < RUNNING; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    HttpResponse<String> response = server.http("POST", "/v1/embeddings", body);
                    if (response.statusCode() == 200) {
                        Map<?, ?> candor =
                                (Map<?, ?>) Server.json(response.body()).get("candor");
                        running.ids().add((String) candor.get("id"));
                    } else if (clearRefusal(response)) {
                        running.refused().add(response.body());
                    } else {
                        wrong.add(response.statusCode() + " " + response.body());
                    }
                } catch (IOException | InterruptedException e) {
                    wrong.add(e.toString());
                }
            }));
        }
        awaitActive(RUNNING);
        Result stopped = server.candor("stop");
        ended.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, stopped.exitCode(), stopped.err());
        assertEquals(List.of(), List.copyOf(wrong), "only clear refusals");
        assertTrue(turnedAway.get() > 0, "nothing came while the server stopped");
        return running;
    }
}
