package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.itests.Server.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop under load: what runs ends, what comes is refused, and the next start finds everything. */
class StopIT {

    private static final int RUNNING = 6;
    private static final int ROUNDS = 3;

    /** Some seconds of arithmetic. */
    private static final String LONG = "{\"model\": \"encoder-en\", \"input\": ["
            + String.join(
                    ",", Collections.nCopies(96, "\"" + "the harbour company built a lighthouse ".repeat(80) + "\""))
            + "]}";

    private static final String QUESTION = "{\"question\": \"What does withdrawal of consent reach?\"}";

    @TempDir
    Path folder;

    @Test
    void whatRunsEndsAndWhatComesIsRefused() throws Exception {
        try (Server server = new Server(folder.resolve("home"))) {
            server.start();
            for (int round = 0; round < ROUNDS; round++) {
                stopUnderLoad(server);
                server.start();
                assertEquals(0, server.candor("status").exitCode());
            }
        }
    }

    private static void stopUnderLoad(Server server) throws Exception {
        List<String> running = Collections.synchronizedList(new ArrayList<>());
        List<String> coming = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch sent = new CountDownLatch(RUNNING);
        Semaphore answered = new Semaphore(0);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger refused = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < RUNNING; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                sent.countDown();
                try {
                    HttpResponse<String> response = server.http("POST", "/v1/embeddings", LONG);
                    running.add(response.statusCode() + (response.statusCode() == 200 ? "" : " " + response.body()));
                } catch (IOException | InterruptedException e) {
                    running.add(e.toString());
                }
            }));
        }
        for (int i = 0; i < 2; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                while (!ended.get()) {
                    try {
                        HttpResponse<String> response = server.http("POST", "/v1/answers", QUESTION);
                        if (response.statusCode() == 200) {
                            answered.release();
                        } else if (response.statusCode() == 503
                                && response.headers().firstValue("Retry-After").isPresent()) {
                            refused.incrementAndGet();
                        } else if (response.statusCode() == 429) {
                            // The long requests have every place: said clearly, and no matter of the stop.
                            assertTrue(
                                    response.headers().firstValue("Retry-After").isPresent());
                        } else {
                            coming.add(response.statusCode() + " " + response.body());
                        }
                    } catch (ConnectException e) {
                        return;
                    } catch (IOException | InterruptedException e) {
                        // The connection ended with the server: HTTP is the last to go.
                        return;
                    }
                }
            }));
        }
        assertTrue(sent.await(30, TimeUnit.SECONDS));
        assertTrue(answered.tryAcquire(2, 60, TimeUnit.SECONDS), "no answer beside the long requests");
        Result stopped = server.candor("stop");
        ended.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, stopped.exitCode(), stopped.err());
        assertEquals(List.of(), coming, "only clear refusals");
        assertEquals(Collections.nCopies(RUNNING, "200"), running, "what ran has ended");
        assertTrue(refused.get() > 0, "nothing came while the server stopped");
    }
}
