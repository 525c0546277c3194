package org.candor.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Requests a second and how long they take: a health request and an embedding, of a server of the benchmark's own. Each client
 * keeps one connection and sends the next request when it has read the last answer; it is a plain socket, so that little of what
 * is measured is the client's. Arguments: clients=1,16, seconds=10, warm=5, words=8.
 */
final class HttpLoad implements Benchmark {

    private static final String WORDS = "consent may be withdrawn at any time and the answer keeps its proof ";

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "clients", "seconds", "warm", "words");
        Path folder = Files.createTempDirectory("candor-http");
        try (OwnServer server = new OwnServer(folder.resolve("home"), OwnServer.freePort())) {
            server.start();
            measure(given, server.port(), server.key("http", "viewer"), out);
        } finally {
            BenchLibrary.delete(folder);
        }
    }

    private static void measure(Arguments given, int port, String key, PrintStream out) throws Exception {
        int seconds = given.number("seconds", 10);
        int warm = given.number("warm", 5);
        String text = WORDS.repeat(given.number("words", 8) / 12 + 1);
        String body = "{\"model\":\"encoder-en\",\"input\":\"" + text + "\"}";
        byte[] health = PlainClient.request("GET", "/health/live", port, null, "");
        byte[] embedding = PlainClient.request("POST", "/v1/embeddings", port, key, body);
        for (int clients : Arrays.stream(given.text("clients", "1,16").split(","))
                .mapToInt(Integer::parseInt)
                .toArray()) {
            measure("health", health, port, clients, warm, seconds, out);
            measure("embedding", embedding, port, clients, warm, seconds, out);
        }
    }

    private static void measure(
            String what, byte[] request, int port, int clients, int warm, int seconds, PrintStream out)
            throws Exception {
        load(request, port, clients, warm);
        long begun = System.nanoTime();
        long[] nanos = load(request, port, clients, seconds);
        double took = (System.nanoTime() - begun) * 1e-9;
        Arrays.sort(nanos);
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"http\",\"request\":\"%s\",\"requestBytes\":%d,\"clients\":%d,\"requests\":%d,"
                        + "\"perSecond\":%.1f,\"p50Millis\":%.3f,\"p99Millis\":%.3f}%n",
                what,
                request.length,
                clients,
                nanos.length,
                nanos.length / took,
                nanos[nanos.length / 2] * 1e-6,
                nanos[(int) (nanos.length * 0.99)] * 1e-6);
    }

    private static long[] load(byte[] request, int port, int clients, int seconds) throws Exception {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        try (ExecutorService pool = Executors.newFixedThreadPool(clients)) {
            List<Future<long[]>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(pool.submit(() -> client(request, port, end)));
            }
            long[] nanos = new long[0];
            for (Future<long[]> each : all) {
                long[] more = each.get();
                int length = nanos.length;
                nanos = Arrays.copyOf(nanos, length + more.length);
                System.arraycopy(more, 0, nanos, length, more.length);
            }
            return nanos;
        }
    }

    private static long[] client(byte[] request, int port, long end) throws IOException {
        long[] nanos = new long[1_024];
        int count = 0;
        try (PlainClient client = new PlainClient(port)) {
            while (System.nanoTime() < end || count == 0) {
                if (count == nanos.length) {
                    nanos = Arrays.copyOf(nanos, 2 * count);
                }
                nanos[count++] = client.send(request);
            }
        }
        return Arrays.copyOf(nanos, count);
    }
}
