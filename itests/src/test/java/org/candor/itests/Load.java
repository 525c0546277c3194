package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that ask without pause until it is closed; notes every answer that is neither 200 nor a 503 that says when to come again. */
final class Load implements AutoCloseable {

    private static final String QUESTION = "{\"question\": \"When was the lighthouse built?\"}";
    private static final int KEPT = 200;
    private static final int PATIENCE_SECONDS = 120;

    private final Server server;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Semaphore answered = new Semaphore(0);
    private final AtomicInteger refused = new AtomicInteger();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final Queue<Map<String, Object>> kept = new ConcurrentLinkedQueue<>();
    private final List<Thread> askers = new ArrayList<>();

    Load(Server server, int clients) {
        this.server = server;
        for (int i = 0; i < clients; i++) {
            askers.add(Thread.ofVirtual().start(this::ask));
        }
    }

    private void ask() {
        while (!ended.get()) {
            try {
                HttpResponse<String> response = server.http("POST", "/v1/answers", QUESTION);
                if (response.statusCode() == 200) {
                    int count = answers.incrementAndGet();
                    if (count <= KEPT || count % KEPT == 0) {
                        kept.add(Server.json(response.body()));
                    }
                    answered.release();
                } else if (response.statusCode() == 503
                        && response.headers().firstValue("Retry-After").isPresent()) {
                    Server.json(response.body());
                    refused.incrementAndGet();
                } else {
                    wrong.add(response.statusCode() + " " + response.body());
                }
            } catch (IOException e) {
                wrong.add(e.toString());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Returns when so many answers have come from now on. */
    void awaitAnswers(int count, String after) throws InterruptedException {
        answered.drainPermits();
        assertTrue(
                answered.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS),
                () -> "no answer any more after " + after + "; " + wrong);
    }

    /** What was no answer and no clear refusal, so far. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** How many were refused clearly, so far. */
    int refused() {
        return refused.get();
    }

    /** The first answers, and of the later ones so many that they fit into memory. */
    List<Map<String, Object>> answers() {
        return List.copyOf(kept);
    }

    @Override
    public void close() throws InterruptedException {
        ended.set(true);
        for (Thread asker : askers) {
            asker.join();
        }
    }
}
