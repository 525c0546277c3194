package org.candor.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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
 * Requests a second and how long they take, of a server that runs: a health request and an embedding. Each client keeps one
 * connection and sends the next request when it has read the last answer; it is a plain socket, so that little of what is
 * measured is the client's.
 */
final class HttpLoad implements Benchmark {

    private static final String WORDS = "consent may be withdrawn at any time and the answer keeps its proof ";

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "port", "home", "clients", "seconds", "warm", "words");
        int port = given.number("port", Integer.parseInt(System.getenv().getOrDefault("CANDOR_PORT", "8181")));
        Path home = Path.of(given.text("home", System.getenv().getOrDefault("CANDOR_HOME", ".candor")));
        String key = Files.readString(home.resolve("cli.key")).strip();
        int seconds = given.number("seconds", 10);
        int warm = given.number("warm", 5);
        String text = WORDS.repeat(given.number("words", 8) / 12 + 1);
        String body = "{\"model\":\"encoder-en\",\"input\":\"" + text + "\"}";
        byte[] health = request("GET", "/health/live", port, null, "");
        byte[] embedding = request("POST", "/v1/embeddings", port, key, body);
        for (int clients : Arrays.stream(given.text("clients", "1,16").split(","))
                .mapToInt(Integer::parseInt)
                .toArray()) {
            measure("health", health, port, clients, warm, seconds, out);
            measure("embedding", embedding, port, clients, warm, seconds, out);
        }
    }

    private static byte[] request(String method, String path, int port, String key, String body) {
        return (method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n"
                        + (key == null ? "" : "Authorization: Bearer " + key + "\r\n")
                        + (body.isEmpty() ? "" : "Content-Type: application/json\r\n")
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
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
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            OutputStream to = socket.getOutputStream();
            InputStream from = new BufferedInputStream(socket.getInputStream(), 65_536);
            while (System.nanoTime() < end || count == 0) {
                long begun = System.nanoTime();
                to.write(request);
                read(from);
                if (count == nanos.length) {
                    nanos = Arrays.copyOf(nanos, 2 * count);
                }
                nanos[count++] = System.nanoTime() - begun;
            }
        }
        return Arrays.copyOf(nanos, count);
    }

    /** Reads one answer of stated length; anything but 200 ends the benchmark. */
    private static void read(InputStream from) throws IOException {
        String status = line(from);
        long length = -1;
        for (String header = line(from); !header.isEmpty(); header = line(from)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length =
                        Long.parseLong(header.substring(header.indexOf(':') + 1).strip());
            }
        }
        if (!status.startsWith("HTTP/1.1 200") || length < 0) {
            throw new IOException("the server answered " + status);
        }
        from.skipNBytes(length);
    }

    private static String line(InputStream from) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = from.read(); b != '\n'; b = from.read()) {
            if (b < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
