package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** encoder-en changes between 1.0.0 and 1.1.0 while clients ask without pause. */
class SwapIT {

    private static final int SWITCHES = 20;
    private static final int CLIENTS = 16;
    private static final int PATIENCE_SECONDS = 120;
    private static final String ENCODER = "org.candor.transformer.internal.bert.BertTextEncoder";
    private static final String WEIGHT = "org.candor.compute.cpu.internal.CpuWeight";
    /** One encoder's table of words alone takes three times as much. */
    private static final long MOST_HEAP_GROWTH = 16 << 20;

    private static final int MOST_COLLECTIONS = 30;
    private static final String QUESTION = "{\"question\": \"When was the lighthouse built?\"}";

    @TempDir
    Path folder;

    /** @param failure or null */
    private record Asked(long from, long to, String digest, String failure) {}

    private record Switched(long called, long returned, String digest) {}

    @Test
    void noRequestFailsEveryAnswerNamesAnActiveRevisionAndNothingIsLeftBehind() throws Exception {
        Path library = Files.createDirectories(folder.resolve("library"));
        Files.writeString(
                library.resolve("lighthouse.md"), "The lighthouse was built in 1874 by the harbour company.\n");
        try (Server server = new Server(folder.resolve("home"))) {
            assertEquals(
                    0,
                    server.candor("ask", "--library", library.toString(), "When was the lighthouse built?")
                            .exitCode());
            // every switch loads and unloads: nothing stands by
            Files.writeString(
                    server.home().resolve("etc/org.candor.models.cfg"),
                    "\nstandbySeconds = 0\n",
                    StandardOpenOption.APPEND);
            Map<String, String> digests = digests(server);
            List<Switched> switched = new ArrayList<>();
            switched.add(new Switched(Long.MIN_VALUE, Long.MIN_VALUE, digests.get("1.0.0")));
            activate(server, "1.1.0", digests, switched);
            awaitEncoder(server, digests.get("1.1.0"));
            activate(server, "1.0.0", digests, switched);

            Queue<Asked> asked = new ConcurrentLinkedQueue<>();
            // Both were loaded and have served once: what the server keeps for its clients is there, too.
            switchUnderLoad(server, 2, digests, switched, asked);
            Memory before = Memory.of(server);
            switchUnderLoad(server, SWITCHES, digests, switched, asked);
            Memory after = Memory.of(server);
            assertEquals(
                    List.of(),
                    asked.stream().filter(one -> one.failure() != null).toList());
            assertEquals(
                    List.of(),
                    asked.stream().filter(one -> !wasActive(one, switched)).toList());
            assertEquals(
                    2,
                    asked.stream().map(Asked::digest).distinct().count(),
                    "both revisions answered, " + asked.size() + " answers");
            assertNotEquals(0L, before.counted().get("weights"), "what is counted is there");
            assertEquals(before.counted(), after.counted());
            assertTrue(
                    after.heapBytes() - before.heapBytes() < MOST_HEAP_GROWTH,
                    "bytes of heap before and after: " + before.heapBytes() + ", " + after.heapBytes());
            Map<String, Object> overview =
                    Server.json(server.http("GET", "/admin/models", null).body());
            for (Object each : (List<?>) overview.get("revisions")) {
                Map<?, ?> revision = (Map<?, ?>) each;
                boolean old = "1.1.0".equals(revision.get("version"));
                assertEquals(
                        old ? "closed" : "active",
                        revision.get("state"),
                        revision.get("name").toString());
            }
        }
    }

    /**
     * What lives in the server's memory after a full collection.
     *
     * @param counted encoders, their weights, mapped files of the weight store, and class loaders, each by name
     */
    private record Memory(Map<String, Object> counted, long heapBytes) {

        static Memory of(Server server) throws Exception {
            Memory last = null;
            // What is freed by a collection's cleaners is gone with the next one; then nothing changes any more.
            for (int i = 0; i < MOST_COLLECTIONS; i++) {
                Jvm.collect(server);
                Memory now = new Memory(
                        Map.of(
                                "encoders", Jvm.instances(server, ENCODER),
                                "weights", Jvm.instances(server, WEIGHT),
                                "mapped", mapped(server),
                                "loaders", Jvm.packagesByLoader(server).size()),
                        heap(server));
                if (last != null && last.counted.equals(now.counted)) {
                    return now;
                }
                last = now;
            }
            throw new AssertionError("the memory does not come to rest: " + last);
        }

        private static List<String> mapped(Server server) throws IOException {
            String store = server.home().resolve("models").toRealPath().toString();
            try (Stream<String> maps =
                    Files.lines(Path.of("/proc/" + server.process().pid() + "/maps"))) {
                return maps.filter(line -> line.contains(store))
                        .map(line -> line.substring(line.indexOf('/')))
                        .sorted()
                        .toList();
            }
        }

        private static long heap(Server server) throws IOException, InterruptedException {
            return server.http("GET", "/metrics", null)
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("jvm_memory_used_bytes{jvm_memory_type=\"heap\"}"))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void switchUnderLoad(
            Server server, int switches, Map<String, String> digests, List<Switched> switched, Queue<Asked> asked)
            throws Exception {
        Semaphore answers = new Semaphore(0);
        AtomicBoolean ended = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofPlatform().start(() -> ask(server, ended, asked, answers)));
        }
        try {
            for (int i = 0; i < switches; i++) {
                activate(server, i % 2 == 0 ? "1.1.0" : "1.0.0", digests, switched);
                answers.drainPermits();
                assertTrue(answers.tryAcquire(2 * CLIENTS, PATIENCE_SECONDS, TimeUnit.SECONDS), "clients starve");
            }
        } finally {
            ended.set(true);
            for (Thread client : clients) {
                client.join();
            }
        }
    }

    private static void ask(Server server, AtomicBoolean ended, Queue<Asked> asked, Semaphore answers) {
        while (!ended.get()) {
            long from = System.nanoTime();
            String digest = "";
            String failure = null;
            try {
                HttpResponse<String> response = server.http("POST", "/v1/answers", QUESTION);
                if (response.statusCode() == 200) {
                    digest = ((Map<?, ?>)
                                    ((List<?>) Server.json(response.body()).get("models")).getFirst())
                            .get("digest")
                            .toString();
                } else {
                    failure = response.statusCode() + " " + response.body();
                }
            } catch (IOException | InterruptedException e) {
                failure = e.toString();
            }
            asked.add(new Asked(from, System.nanoTime(), digest, failure));
            answers.release();
        }
    }

    /** Whether the revision was active at some moment between question and answer. */
    private static boolean wasActive(Asked one, List<Switched> switched) {
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

    private static void activate(Server server, String version, Map<String, String> digests, List<Switched> switched)
            throws IOException, InterruptedException {
        long called = System.nanoTime();
        HttpResponse<String> response = server.http(
                "POST",
                "/admin/models/activate",
                "{\"model\": \"encoder-en\", \"version\": \"" + version + "\", \"reason\": \"switch\"}");
        assertEquals(200, response.statusCode(), response.body());
        switched.add(new Switched(called, System.nanoTime(), digests.get(version)));
    }

    private static Map<String, String> digests(Server server) throws IOException, InterruptedException {
        Map<String, String> digests = new java.util.HashMap<>();
        for (Object each : (List<?>)
                Server.json(server.http("GET", "/admin/models", null).body()).get("revisions")) {
            Map<?, ?> revision = (Map<?, ?>) each;
            if ("encoder-en".equals(revision.get("name"))) {
                digests.put(
                        revision.get("version").toString(),
                        revision.get("digest").toString());
            }
        }
        assertEquals(java.util.Set.of("1.0.0", "1.1.0"), digests.keySet());
        return digests;
    }

    /** The index is embedded anew once; from then on both are kept. */
    private static void awaitEncoder(Server server, String digest) throws IOException, InterruptedException {
        for (int i = 0; i < 10 * PATIENCE_SECONDS; i++) {
            Map<?, ?> library = (Map<?, ?>)
                    Server.json(server.http("GET", "/v1/status", null).body()).get("library");
            if (library.get("encoders").toString().contains(digest) && "idle".equals(library.get("state"))) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("the library was not embedded for " + digest);
    }
}
