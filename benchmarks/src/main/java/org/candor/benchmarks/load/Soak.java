package org.candor.benchmarks.load;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Streams that are read to their ends, again and again, beside clients that stop reading, vanish, or send garbage. The same
 * prompt and seed must give the same text whatever else goes on.
 *
 * @param port of a server on this machine
 * @param model name of a route
 * @param keys API keys; one key may have 16 streams at a time
 * @param strangersKey an API key of another tenant, for those that behave badly
 */
public record Soak(int port, String model, List<String> keys, String strangersKey) {

    private static final int STREAMS_OF_A_KEY = 16;
    private static final int PROMPTS = 24;
    private static final int STALLED = 3;
    private static final int MOST_FAILURES = 20;

    /**
     * What happened.
     *
     * @param streams read to their ends
     * @param tokens of these
     * @param vanished clients that broke their connections
     * @param stalled clients that never read
     * @param garbage connections with what is no request
     * @param failures what went wrong for those that behaved well; empty when nothing did
     */
    public record Outcome(
            long streams, long tokens, long vanished, long stalled, long garbage, List<String> failures) {}

    private static final class Counts {
        private final AtomicLong streams = new AtomicLong();
        private final AtomicLong tokens = new AtomicLong();
        private final AtomicLong vanished = new AtomicLong();
        private final AtomicLong stalled = new AtomicLong();
        private final AtomicLong garbage = new AtomicLong();
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        /** By prompt. */
        private final Map<Integer, String> texts = new ConcurrentHashMap<>();
    }

    private interface Work {
        void run(Random random) throws IOException, InterruptedException;
    }

    /** Runs for so long, and until the last stream has been read. */
    public Outcome run(int streams, Duration time) throws InterruptedException {
        if (streams > keys.size() * STREAMS_OF_A_KEY) {
            throw new IllegalArgumentException(keys.size() + " keys are too few for " + streams + " streams");
        }
        long end = System.nanoTime() + time.toNanos();
        Counts counts = new Counts();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            String key = keys.get(i / STREAMS_OF_A_KEY);
            threads.add(start(i, end, counts, true, random -> read(key, random, counts)));
        }
        for (int i = 0; i < STALLED; i++) {
            threads.add(start(1_000 + i, end, counts, false, random -> stall(random, counts)));
            threads.add(start(2_000 + i, end, counts, false, random -> vanish(random, counts)));
        }
        threads.add(start(3_000, end, counts, false, random -> sendGarbage(random, counts)));
        for (Thread thread : threads) {
            thread.join();
        }
        return new Outcome(
                counts.streams.get(),
                counts.tokens.get(),
                counts.vanished.get(),
                counts.stalled.get(),
                counts.garbage.get(),
                List.copyOf(counts.failures));
    }

    /** @param well whether its failures count */
    private static Thread start(int seed, long end, Counts counts, boolean well, Work work) {
        return Thread.ofVirtual().start(() -> {
            Random random = new Random(seed);
            while (System.nanoTime() < end && counts.failures.size() < MOST_FAILURES) {
                try {
                    work.run(random);
                } catch (IOException e) {
                    if (well) {
                        counts.failures.add(e.toString());
                    }
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    /** One text that is longer than a pass of the model, so that buffers have their full size from now on. */
    public void warm() throws IOException {
        String prompt = "Once upon a time ".repeat(200).strip();
        String body = body(0, 4, "").replace("Once upon a time there was number 0", prompt);
        try (TextStream stream = new TextStream(port, keys.getFirst(), body)) {
            for (String data = stream.next(); data != null; data = stream.next()) {
                if (data.contains("\"error\"")) {
                    throw new IOException(data);
                }
            }
        }
    }

    private String body(int prompt, int tokens, String more) {
        return "{\"model\":\"" + model + "\",\"prompt\":\"Once upon a time there was number " + prompt
                + "\",\"seed\":" + prompt + ",\"max_tokens\":" + tokens + ",\"ignore_eos\":true,\"stream\":true,"
                + "\"stream_options\":{\"include_usage\":true}" + more + "}";
    }

    private void read(String key, Random random, Counts counts) throws IOException {
        int prompt = random.nextInt(PROMPTS);
        int tokens = 8 + 2 * prompt;
        StringBuilder text = new StringBuilder();
        String last = "";
        String usage = "";
        try (TextStream stream = new TextStream(port, key, body(prompt, tokens, ""))) {
            for (String data = stream.next(); data != null; data = stream.next()) {
                text.append(value(data, "\"text\":\"", "\",\"index\""));
                usage = data.contains("\"completion_tokens\"") ? data : usage;
                last = data;
            }
        }
        if (!last.equals("[DONE]") || !usage.contains("\"completion_tokens\":" + tokens + ",")) {
            counts.failures.add("prompt " + prompt + " ended with " + last + " and " + usage);
            return;
        }
        String before = counts.texts.putIfAbsent(prompt, text.toString());
        if (before != null && !before.contentEquals(text)) {
            counts.failures.add("prompt " + prompt + " gave \"" + before + "\" and then \"" + text + "\"");
        }
        counts.streams.incrementAndGet();
        counts.tokens.addAndGet(tokens);
    }

    private static String value(String data, String before, String after) {
        int from = data.indexOf(before);
        int to = from < 0 ? -1 : data.indexOf(after, from + before.length());
        return to < 0 ? "" : data.substring(from + before.length(), to);
    }

    /** Asks for much and reads nothing, until it goes away. */
    private void stall(Random random, Counts counts) throws IOException, InterruptedException {
        String body = body(random.nextInt(PROMPTS), 600, ",\"logprobs\":5");
        Socket socket = TextStream.send(port, strangersKey, body, 1_024);
        try {
            Thread.sleep(3_000 + random.nextInt(3_000));
        } finally {
            socket.close();
        }
        counts.stalled.incrementAndGet();
    }

    private void vanish(Random random, Counts counts) throws IOException, InterruptedException {
        try (TextStream stream = new TextStream(port, strangersKey, body(random.nextInt(PROMPTS), 400, ""))) {
            for (int i = random.nextInt(8); i > 0; i--) {
                stream.next();
            }
            stream.vanish();
        }
        counts.vanished.incrementAndGet();
        Thread.sleep(random.nextInt(500));
    }

    /** Bytes that are no HTTP, and requests that are no JSON or half of one. */
    private void sendGarbage(Random random, Counts counts) throws IOException, InterruptedException {
        byte[] bytes;
        if (random.nextInt(3) > 0) {
            String body = body(0, 10, "");
            int cut = random.nextInt(body.length());
            bytes = ("POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAuthorization: Bearer "
                            + strangersKey
                            + "\r\nContent-Type: application/json\r\nContent-Length: "
                            + (random.nextBoolean() ? cut : body.length()) + "\r\n\r\n" + body.substring(0, cut))
                    .getBytes(StandardCharsets.US_ASCII);
        } else {
            bytes = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(bytes);
        }
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(bytes);
            Thread.sleep(random.nextInt(100));
        }
        counts.garbage.incrementAndGet();
    }
}
