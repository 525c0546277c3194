package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.benchmarks.load.RandomLlama;
import org.candor.benchmarks.load.ServerMemory;
import org.candor.benchmarks.load.Soak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 64 streams at once, beside clients that stop reading, vanish or send garbage. {@code ./candor bench soak} does it at length. */
class SoakIT {

    private static final int STREAMS = 64;
    private static final Duration WARM = Duration.ofSeconds(5);
    private static final Duration TIME = Duration.ofSeconds(25);
    /** Code is still being compiled after so short a time; a text that stays shows in the counts, not here. */
    private static final double MOST_GROWTH = 0.15;

    @TempDir
    Path folder;

    @Test
    void streamsReachTheirEndsNobodyIsHarmedAndNothingIsLeftBehind() throws Exception {
        Path model = folder.resolve("model");
        RandomLlama.of30Million()
                .write(model, Server.root().resolve("packs/stories-tiny/src/main/model/tokenizer.json"));
        try (Server server = new Server(folder.resolve("home"), "-XX:NativeMemoryTracking=summary")) {
            server.start();
            Installed.trust(server, "soak:1.0.0");
            Installed.folder(server, model, "soak", "1.0.0");
            Installed.activate(server, "soak", "1.0.0");
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < STREAMS / 16; i++) {
                keys.add(Installed.key(server, "soak-" + i, "readers"));
            }
            Soak soak = new Soak(server.port(), "soak", keys, Installed.key(server, "strange", "strangers"));

            awaitLibrary(server);
            soak.warm();
            Soak.Outcome warm = soak.run(STREAMS, WARM);
            assertEquals(List.of(), warm.failures());
            ServerMemory before = ServerMemory.of(server.process().pid(), ServerMemory.OF_A_TEXT);
            Soak.Outcome outcome = soak.run(STREAMS, TIME);
            assertEquals(List.of(), outcome.failures());
            ServerMemory after = ServerMemory.of(server.process().pid(), ServerMemory.OF_A_TEXT);

            assertTrue(outcome.streams() >= STREAMS, outcome.toString());
            assertTrue(outcome.vanished() > 0 && outcome.stalled() > 0 && outcome.garbage() > 0, outcome.toString());
            assertEquals(Set.of(0L), Set.copyOf(after.instances().values()), after + ": no text has a place any more");
            assertTrue(before.nativeBytes() > 0, before.toString());
            grew("heap", before.heapBytes(), after.heapBytes());
            grew("native memory", before.nativeBytes(), after.nativeBytes());
        }
    }

    /** What the languages of the library need is loaded once it is indexed. */
    private static void awaitLibrary(Server server) throws IOException, InterruptedException {
        for (int i = 0; i < 600; i++) {
            Map<String, Object> status =
                    Server.json(server.http("GET", "/v1/status", null).body());
            if ("idle".equals(((Map<?, ?>) status.get("library")).get("state"))) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("the library is not indexed");
    }

    private static void grew(String what, long before, long after) {
        assertTrue(after <= before * (1 + MOST_GROWTH), what + " grew from " + before + " to " + after);
    }
}
