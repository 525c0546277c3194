package org.candor.benchmarks;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.candor.benchmarks.load.ServerMemory;
import org.candor.benchmarks.load.Soak;

/**
 * Streams at once for a long time, on a Llama of random weights with 30 million parameters, beside clients that stop reading,
 * vanish, or send garbage: how many failed, what memory grew by, and whether a text still has a place afterwards. Fails where
 * the promise is broken. Arguments: minutes=10, streams=64, warm=60 (seconds).
 */
final class SoakLoad implements Benchmark {

    private static final int STREAMS_OF_A_KEY = 16;
    private static final double MOST_GROWTH = 0.05;

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "minutes", "streams", "warm");
        long seconds = Math.round(60 * given.fraction("minutes", 10));
        int streams = given.number("streams", 64);
        Path folder = Files.createTempDirectory("candor-soak");
        try (OwnServer server = new OwnServer(folder.resolve("home"), OwnServer.freePort())) {
            server.start("-XX:NativeMemoryTracking=summary");
            ServedModel.of30Million(folder.resolve("model")).serve(server);
            List<String> keys = ServedModel.keys(server, (streams + STREAMS_OF_A_KEY - 1) / STREAMS_OF_A_KEY);
            Soak soak = new Soak(server.port(), ServedModel.NAME, keys, server.key("strange", "viewer", "strangers"));
            server.awaitLibrary();
            soak.warm();
            Soak.Outcome warm = soak.run(streams, Duration.ofSeconds(given.number("warm", 60)));
            ServerMemory before = ServerMemory.of(server.pid(), ServerMemory.OF_A_TEXT);
            print(out, "warm", warm, before);
            long begun = System.nanoTime();
            Soak.Outcome outcome = soak.run(streams, Duration.ofSeconds(seconds));
            double took = (System.nanoTime() - begun) * 1e-9;
            ServerMemory after = ServerMemory.of(server.pid(), ServerMemory.OF_A_TEXT);
            print(out, "after", outcome, after);
            double heap = (double) after.heapBytes() / before.heapBytes() - 1;
            double nativeMemory = (double) after.nativeBytes() / before.nativeBytes() - 1;
            boolean free = after.instances().values().stream().allMatch(count -> count == 0);
            boolean kept = outcome.failures().isEmpty() && heap <= MOST_GROWTH && nativeMemory <= MOST_GROWTH && free;
            out.printf(
                    Locale.ROOT,
                    "{\"bench\":\"soak\",\"streamsAtOnce\":%d,\"seconds\":%.0f,\"streams\":%d,\"tokensPerSecond\":%.1f,"
                            + "\"failures\":%d,\"heapGrowthPercent\":%.2f,\"nativeGrowthPercent\":%.2f,\"placesFree\":%b,\"kept\":%b}%n",
                    streams,
                    took,
                    outcome.streams(),
                    outcome.tokens() / took,
                    outcome.failures().size(),
                    100 * heap,
                    100 * nativeMemory,
                    free,
                    kept);
            if (!kept) {
                throw new IllegalStateException("the promise is broken: " + outcome.failures());
            }
        } finally {
            BenchLibrary.delete(folder);
        }
    }

    private static void print(PrintStream out, String when, Soak.Outcome outcome, ServerMemory memory) {
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"soak\",\"when\":\"%s\",\"streams\":%d,\"tokens\":%d,\"vanished\":%d,\"stalled\":%d,\"garbage\":%d,"
                        + "\"failures\":%d,\"heapBytes\":%d,\"nativeBytes\":%d}%n",
                when,
                outcome.streams(),
                outcome.tokens(),
                outcome.vanished(),
                outcome.stalled(),
                outcome.garbage(),
                outcome.failures().size(),
                memory.heapBytes(),
                memory.nativeBytes());
    }
}
