package org.candor.benchmarks;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;

/** Clients that ask without pause, and activations meanwhile; afterwards every answer is held against them. */
final class SwapClients {

    private static final String[] QUESTIONS = {
        "What does withdrawal of consent reach?",
        "Who approves a policy?",
        "How is the energy of an answer measured?",
        "What does the log hold of an answer?",
        "Why is human oversight needed?",
        "What is dual use?"
    };
    /** Answers of each client after a switch, before the next one. */
    private static final int ANSWERS_BETWEEN = 3;

    /** @param failure or null */
    private record Asked(long from, long to, String digest, String failure) {}

    private record Switched(long called, long returned, String digest) {}

    /** What goes on while clients ask. */
    interface Meanwhile {
        void happens(SwapClients load) throws IOException, InterruptedException;
    }

    private final OwnServer server;
    private final int clients;
    private final Map<String, String> digests;
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    private final List<Switched> switched = new ArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLongArray counts;
    private long began;
    private long stopped;

    SwapClients(OwnServer server, int clients, Map<String, String> digests) {
        this.server = server;
        this.clients = clients;
        this.digests = digests;
        this.counts = new AtomicLongArray(clients);
    }

    void run(Meanwhile meanwhile) throws IOException, InterruptedException {
        switched.add(new Switched(Long.MIN_VALUE, Long.MIN_VALUE, active()));
        began = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            int number = client;
            threads.add(Thread.ofPlatform().start(() -> ask(number)));
        }
        try {
            meanwhile.happens(this);
        } finally {
            ended.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            stopped = System.nanoTime();
        }
    }

    private String active() throws IOException, InterruptedException {
        for (var route : server.json("GET", "/admin/models", null).path("routes")) {
            if (route.path("route").asText().equals("encoder-en")) {
                return route.path("active").path("digest").asText();
            }
        }
        throw new IOException("encoder-en is no route");
    }

    private void ask(int client) {
        for (int i = client; !ended.get(); i++) {
            long from = System.nanoTime();
            String digest = "";
            String failure = null;
            try {
                HttpResponse<String> response = server.send(
                        "POST", "/v1/answers", "{\"question\":\"" + QUESTIONS[i % QUESTIONS.length] + "\"}");
                if (response.statusCode() == 200) {
                    digest = OwnServer.parse(response.body())
                            .path("models")
                            .path(0)
                            .path("digest")
                            .asText();
                } else {
                    failure = response.statusCode() + " " + response.body();
                }
            } catch (IOException e) {
                failure = e.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            asked.add(new Asked(from, System.nanoTime(), digest, failure));
            counts.incrementAndGet(client);
        }
    }

    void pass(int seconds) throws InterruptedException {
        Thread.sleep(1_000L * seconds);
    }

    void activate(String version, String reason) throws IOException, InterruptedException {
        long called = System.nanoTime();
        server.activate(version, reason);
        switched.add(new Switched(called, System.nanoTime(), digests.get(version)));
    }

    /** Until each client has been answered a few times since. */
    void settle() throws InterruptedException {
        for (int client = 0; client < clients; client++) {
            long enough = counts.get(client) + ANSWERS_BETWEEN;
            while (counts.get(client) < enough) {
                Thread.sleep(5);
            }
        }
    }

    int clients() {
        return clients;
    }

    int answers() {
        return asked.size();
    }

    double seconds() {
        return (stopped - began) * 1e-9;
    }

    long failed() {
        return asked.stream().filter(one -> one.failure() != null).count();
    }

    List<String> problems() {
        return asked.stream()
                .map(Asked::failure)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    /** Answers that name a revision that was not active at any moment between question and answer. */
    long wrong() {
        return asked.stream()
                .filter(one -> one.failure() == null && !active(one))
                .count();
    }

    private boolean active(Asked one) {
        for (int i = 0; i < switched.size(); i++) {
            long until = i + 1 < switched.size() ? switched.get(i + 1).returned() : Long.MAX_VALUE;
            if (switched.get(i).digest().equals(one.digest())
                    && switched.get(i).called() <= one.to()
                    && one.from() <= until) {
                return true;
            }
        }
        return false;
    }

    /** Milliseconds of an answer. */
    double percentile(int percent) {
        return percentile(
                asked.stream().mapToLong(one -> one.to() - one.from()).sorted().toArray(), percent);
    }

    /** Milliseconds of an activation. */
    double activation(int percent) {
        return percentile(
                switched.stream()
                        .skip(1)
                        .mapToLong(one -> one.returned() - one.called())
                        .sorted()
                        .toArray(),
                percent);
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted.length == 0
                ? 0
                : sorted[Math.min(sorted.length - 1, (int) ((long) sorted.length * percent / 100))] * 1e-6;
    }
}
