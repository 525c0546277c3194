package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.candor.benchmarks.load.ServerMemory;
import org.candor.benchmarks.load.TextStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that writes changes between two revisions while streams run: each stream ends on the revision it began with. */
class GeneratorSwapIT {

    private static final int STREAMS = 32;
    private static final int STREAMS_OF_A_KEY = 16;
    private static final int SWITCHES = 100;
    private static final int TOKENS = 40;
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path folder;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    /** What each revision writes, by its digest. */
    private final Map<String, String> texts = new ConcurrentHashMap<>();

    private final Semaphore ended = new Semaphore(0);

    @Test
    void aHundredSwitchesUnderStreamsFailNoneAndEveryTextIsOneRevisionsOwn() throws Exception {
        Path first = Server.root().resolve("packs/stories-tiny/src/main/model");
        Path second = changed(first);
        try (Server server = new Server(folder.resolve("home"))) {
            server.start();
            // every switch loads and unloads: nothing stands by
            Files.writeString(
                    server.home().resolve("etc/org.candor.models.cfg"),
                    "\nstandbySeconds = 0\n",
                    StandardOpenOption.APPEND);
            Installed.trust(server, "tale:1.0.0", "tale:2.0.0");
            List<String> digests = List.of(
                    Installed.folder(server, copy(first, "one"), "tale", "1.0.0"),
                    Installed.folder(server, second, "tale", "2.0.0"));
            Installed.activate(server, "tale", "1.0.0");
            List<String> keys =
                    List.of(Installed.key(server, "tale-0", "readers"), Installed.key(server, "tale-1", "readers"));

            AtomicBoolean over = new AtomicBoolean();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                String key = keys.get(i / STREAMS_OF_A_KEY);
                clients.add(Thread.ofVirtual().start(() -> read(server.port(), key, over)));
            }
            for (int i = 0; i < SWITCHES && failures.isEmpty(); i++) {
                Installed.activate(server, "tale", i % 2 == 0 ? "2.0.0" : "1.0.0");
                ended.drainPermits();
                assertTrue(ended.tryAcquire(1, PATIENCE_SECONDS, TimeUnit.SECONDS), "streams starve: " + failures);
            }
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            assertEquals(List.of(), List.copyOf(failures));
            assertEquals(java.util.Set.copyOf(digests), texts.keySet(), "both revisions wrote");
            assertNotEquals(texts.get(digests.getFirst()), texts.get(digests.getLast()));
            ServerMemory memory = ServerMemory.of(server.process().pid(), ServerMemory.OF_A_TEXT);
            assertEquals(
                    java.util.Set.of(0L),
                    java.util.Set.copyOf(memory.instances().values()),
                    memory.toString());
            Map<String, Object> overview =
                    Server.json(server.http("GET", "/admin/models", null).body());
            for (Object each : (List<?>) overview.get("revisions")) {
                Map<?, ?> revision = (Map<?, ?>) each;
                if ("tale".equals(revision.get("name"))) {
                    assertEquals(
                            "2.0.0".equals(revision.get("version")) ? "closed" : "active",
                            revision.get("state"),
                            revision.toString());
                }
            }
        }
    }

    private Path copy(Path model, String name) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(model.resolve(file), copy.resolve(file));
        }
        return copy;
    }

    /** The same model with other numbers at the end of its weights. */
    private Path changed(Path model) throws IOException {
        Path changed = copy(model, "two");
        byte[] weights = Files.readAllBytes(changed.resolve("model.safetensors"));
        for (int i = weights.length - 40_000; i < weights.length; i += Float.BYTES) {
            weights[i + 3] ^= (byte) 0x80; // the sign
        }
        Files.write(changed.resolve("model.safetensors"), weights);
        return changed;
    }

    private void read(int port, String key, AtomicBoolean over) {
        String body = "{\"model\":\"tale\",\"prompt\":\"Once upon a time\",\"seed\":7,\"max_tokens\":" + TOKENS
                + ",\"ignore_eos\":true,\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
        while (!over.get() && failures.isEmpty()) {
            try (TextStream stream = new TextStream(port, key, body)) {
                StringBuilder text = new StringBuilder();
                String digest = null;
                String last = "";
                for (String data = stream.next(); data != null; data = stream.next()) {
                    last = data;
                    if (data.startsWith("{")) {
                        Map<String, Object> chunk = Server.json(data);
                        for (Object choice : (List<?>) chunk.getOrDefault("choices", List.of())) {
                            text.append(((Map<?, ?>) choice).get("text"));
                        }
                        if (chunk.get("candor") instanceof Map<?, ?> candor) {
                            digest = ((Map<?, ?>) candor.get("model"))
                                    .get("digest")
                                    .toString();
                        }
                    }
                }
                if (!last.equals("[DONE]") || digest == null) {
                    failures.add("a stream ended with " + last);
                    return;
                }
                String before = texts.putIfAbsent(digest, text.toString());
                if (before != null && !before.contentEquals(text)) {
                    failures.add(digest + " wrote \"" + before + "\" and then \"" + text + "\"");
                }
                ended.release();
            } catch (IOException | RuntimeException e) {
                failures.add(e.toString());
            }
        }
    }
}
