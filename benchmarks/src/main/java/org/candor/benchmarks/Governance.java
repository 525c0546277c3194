package org.candor.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What governance costs: the same embeddings and questions on one server, through the governor and on a path without policy,
 * consent, energy and log, which only the bundle {@code benchmarks/open-path} has. Latency with one client, in pairs whose
 * order is drawn; throughput with several, in slices that alternate. Arguments: clients, blocks, pairs, slices, seconds, only.
 */
final class Governance implements Benchmark {

    private static final String OPEN_PATH = "benchmarks/open-path/target/org.candor.benchmarks.open-path-1.0.0.jar";
    private static final int VARIANTS = 50;
    private static final int WARM_SECONDS = 8;
    private static final int FIRST_WORD = 2_000;
    private static final int LAST_WORD = 20_000;
    private static final int BEGIN = 101;
    private static final int END = 102;
    private static final String[] WORDS =
            ("consent may be withdrawn at any time and the person who gave it has to be told so before; the log holds a "
                            + "commitment to every answer with the energy that was used the policy that permitted it the model that made it and the "
                            + "documents that were cited by what means does an auditor find out whether an entry was changed later and who approves a "
                            + "new policy when the first person is away")
                    .split(" ");

    /** Requests of one kind, the same ones with either key. */
    private record Work(String name, List<byte[]> governed, List<byte[]> open) {}

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "clients", "blocks", "pairs", "slices", "seconds", "only");
        int clients = given.number("clients", 16);
        int blocks = given.number("blocks", 20);
        int pairs = given.number("pairs", 40);
        int slices = given.number("slices", 16);
        int seconds = given.number("seconds", 3);
        List<String> only = List.of(
                given.text("only", "embedding-128,embedding-384,question").split(","));
        Path jar = Path.of(System.getProperty("candor.root"), OPEN_PATH);
        if (!Files.isRegularFile(jar)) {
            throw new IllegalArgumentException("there is no " + jar + ": ./candor bench governance builds it");
        }
        Path folder = Files.createTempDirectory("candor-governance");
        try (OwnServer server = new OwnServer(folder.resolve("home"), OwnServer.freePort())) {
            server.start();
            String governed = server.key("governed", "viewer");
            String open = server.key("open", "viewer");
            Path deploy = Files.createDirectories(server.home().resolve("deploy"));
            Files.copy(jar, deploy.resolve("." + jar.getFileName()));
            Files.move(
                    deploy.resolve("." + jar.getFileName()),
                    deploy.resolve(jar.getFileName()),
                    StandardCopyOption.ATOMIC_MOVE);
            for (Work work : List.of(
                    embeddings("embedding-128", 128, server.port(), governed, open),
                    embeddings("embedding-384", 384, server.port(), governed, open),
                    questions(server.port(), governed, open))) {
                if (only.contains(work.name())) {
                    awaitOpen(work, server.port());
                    load(work.governed(), server.port(), clients, WARM_SECONDS);
                    load(work.open(), server.port(), clients, WARM_SECONDS);
                    latency(work, server.port(), blocks, pairs, out);
                    throughput(work, server.port(), clients, slices, seconds, out);
                }
            }
        } finally {
            BenchLibrary.delete(folder);
        }
    }

    private static Work embeddings(String name, int tokens, int port, String governed, String open) {
        Random random = new Random(tokens);
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < VARIANTS; i++) {
            int[] ids = random.ints(tokens, FIRST_WORD, LAST_WORD).toArray();
            ids[0] = BEGIN;
            ids[tokens - 1] = END;
            bodies.add("{\"model\":\"encoder-en\",\"input\":" + Arrays.toString(ids) + "}");
        }
        return work(name, "/v1/embeddings", bodies, port, governed, open);
    }

    /** Questions of 150 words, so of more than 128 tokens. */
    private static Work questions(int port, String governed, String open) {
        Random random = new Random(1);
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < VARIANTS; i++) {
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < 150; word++) {
                text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
            }
            bodies.add("{\"question\":\"" + text + "?\",\"language\":\"en\"}");
        }
        return work("question", "/v1/answers", bodies, port, governed, open);
    }

    private static Work work(String name, String path, List<String> bodies, int port, String governed, String open) {
        return new Work(
                name,
                bodies.stream()
                        .map(body -> PlainClient.request("POST", path, port, governed, body))
                        .toList(),
                bodies.stream()
                        .map(body -> PlainClient.request("POST", path, port, open, body))
                        .toList());
    }

    /** Until the open path answers; then both must have done the same work, and only one of them has a proof. */
    private static void awaitOpen(Work work, int port) throws IOException, InterruptedException {
        try (PlainClient client = new PlainClient(port)) {
            for (int tries = 0; ; tries++) {
                client.send(work.open().getFirst());
                JsonNode open = OwnServer.parse(client.body());
                client.send(work.governed().getFirst());
                JsonNode governed = OwnServer.parse(client.body());
                if (!proof(governed)) {
                    throw new IllegalStateException("a governed answer without a proof: " + governed);
                }
                if (!proof(open)) {
                    for (String member : List.of("data", "answer", "citations")) {
                        if (!open.path(member).equals(governed.path(member))) {
                            throw new IllegalStateException("the paths differ in \"" + member + "\"");
                        }
                    }
                    return;
                }
                if (tries == 100) {
                    throw new IllegalStateException("the open path does not start; see the server's log");
                }
                Thread.sleep(200);
            }
        }
    }

    private static boolean proof(JsonNode answer) {
        return answer.path("proof").isTextual()
                || answer.path("candor").path("proof").isTextual();
    }

    private static void latency(Work work, int port, int blocks, int pairs, PrintStream out) throws IOException {
        Ratios ratios = new Ratios();
        long[] allGoverned = new long[blocks * pairs];
        long[] allOpen = new long[blocks * pairs];
        Laps governedLaps = new Laps();
        Laps openLaps = new Laps();
        Random random = new Random(2);
        try (PlainClient client = new PlainClient(port)) {
            for (int block = 0; block < blocks; block++) {
                for (int i = block * pairs; i < (block + 1) * pairs; i++) {
                    byte[] governed = work.governed().get(i % VARIANTS);
                    byte[] open = work.open().get(i % VARIANTS);
                    if (random.nextBoolean()) {
                        allGoverned[i] = timed(client, governed, governedLaps);
                        allOpen[i] = timed(client, open, openLaps);
                    } else {
                        allOpen[i] = timed(client, open, openLaps);
                        allGoverned[i] = timed(client, governed, governedLaps);
                    }
                }
                ratios.add(median(allGoverned, block * pairs, pairs) / median(allOpen, block * pairs, pairs));
            }
        }
        print(
                work,
                "p50Millis",
                1,
                median(allGoverned, 0, allGoverned.length) * 1e-6,
                median(allOpen, 0, allOpen.length) * 1e-6,
                ratios,
                out);
        governedLaps.print(work.name(), "governed", out);
        openLaps.print(work.name(), "open", out);
    }

    private static long timed(PlainClient client, byte[] request, Laps laps) throws IOException {
        long nanos = client.send(request);
        laps.add(client.body());
        return nanos;
    }

    private static double median(long[] nanos, int from, int count) {
        long[] sorted = Arrays.copyOfRange(nanos, from, from + count);
        Arrays.sort(sorted);
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0;
    }

    private static void throughput(Work work, int port, int clients, int slices, int seconds, PrintStream out)
            throws Exception {
        Ratios ratios = new Ratios();
        double governedSum = 0;
        double openSum = 0;
        for (int slice = 0; slice < slices; slice++) {
            boolean governedFirst = slice % 2 == 0;
            double first = load(governedFirst ? work.governed() : work.open(), port, clients, seconds);
            double second = load(governedFirst ? work.open() : work.governed(), port, clients, seconds);
            double governed = governedFirst ? first : second;
            double open = governedFirst ? second : first;
            ratios.add(open / governed);
            governedSum += governed;
            openSum += open;
        }
        print(work, "perSecond", clients, governedSum / slices, openSum / slices, ratios, out);
    }

    /** Requests a second. */
    private static double load(List<byte[]> requests, int port, int clients, int seconds) throws Exception {
        AtomicLong count = new AtomicLong();
        long begun = System.nanoTime();
        long end = begun + seconds * 1_000_000_000L;
        try (ExecutorService pool = Executors.newFixedThreadPool(clients)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int offset = i;
                all.add(pool.submit(() -> {
                    try (PlainClient client = new PlainClient(port)) {
                        for (int next = offset; System.nanoTime() < end; next += clients) {
                            client.send(requests.get(next % VARIANTS));
                            count.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        return count.get() / ((System.nanoTime() - begun) * 1e-9);
    }

    private static void print(
            Work work, String measure, int clients, double governed, double open, Ratios ratios, PrintStream out) {
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"governance\",\"work\":\"%s\",\"measure\":\"%s\",\"clients\":%d,\"governed\":%.3f,\"open\":%.3f,"
                        + "\"pairs\":%d,\"costPercent\":%.2f,\"lowerPercent\":%.2f,\"upperPercent\":%.2f}%n",
                work.name(),
                measure,
                clients,
                governed,
                open,
                ratios.count(),
                100 * (ratios.mean() - 1),
                100 * (ratios.lower() - 1),
                100 * (ratios.upper() - 1));
    }
}
