package org.candor.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.candor.transparency.internal.Disk;
import org.candor.transparency.internal.GroupCommitLog;

/**
 * Appends a second with 64 and 1,024 writers, each waiting for its durable proof, against the naive way on the same disk:
 * one forced write for each entry. Arguments: seconds a round (3), rounds (5), folder (a temporary one).
 */
final class Log implements Benchmark {

    private static final int ENTRY_BYTES = 400;

    private record Round(double perSecond, double p50, double p99) {}

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 3;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        Path folder = arguments.length > 2
                ? Files.createTempDirectory(Path.of(arguments[2]), "bench-log")
                : Files.createTempDirectory("bench-log");
        try (GroupCommitLog log = new GroupCommitLog(
                new GroupCommitLog.Settings(folder.resolve("log"), "example.com/bench", 32 << 20), new Disk())) {
            load(log, 64, seconds); // compiles
            List<Round> few = new ArrayList<>();
            List<Round> many = new ArrayList<>();
            List<Double> naive = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                few.add(load(log, 64, seconds));
                naive.add(naive(folder.resolve("naive"), seconds / 3));
                many.add(load(log, 1024, seconds));
            }
            print(out, 64, few, median(naive), 17_000);
            print(out, 1024, many, median(naive), 85_000);
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void print(PrintStream out, int writers, List<Round> rounds, double naive, int published) {
        double perSecond = median(rounds.stream().map(Round::perSecond).toList());
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"log\",\"writers\":%d,\"ours\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"forced_write_each\":%.0f,"
                        + "\"ratio\":%.1f,\"tessera_posix_published\":%d}%n",
                writers,
                perSecond,
                median(rounds.stream().map(Round::p50).toList()),
                median(rounds.stream().map(Round::p99).toList()),
                naive,
                perSecond / naive,
                published);
    }

    private static Round load(GroupCommitLog log, int writers, double seconds) throws InterruptedException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        long[][] latencies = new long[writers][];
        CountDownLatch done = new CountDownLatch(writers);
        long begin = System.nanoTime();
        for (int w = 0; w < writers; w++) {
            int writer = w;
            Thread.ofVirtual().start(() -> {
                long[] own = new long[1024];
                int n = 0;
                byte[] entry = new byte[ENTRY_BYTES];
                while (System.nanoTime() < end) {
                    ThreadLocalRandom.current().nextBytes(entry);
                    long start = System.nanoTime();
                    if (log.append(entry).proof().isEmpty()) {
                        throw new IllegalStateException("no proof");
                    }
                    if (n == own.length) {
                        own = Arrays.copyOf(own, 2 * n);
                    }
                    own[n++] = System.nanoTime() - start;
                }
                latencies[writer] = Arrays.copyOf(own, n);
                done.countDown();
            });
        }
        done.await();
        double elapsed = (System.nanoTime() - begin) / 1e9;
        long[] all =
                Arrays.stream(latencies).flatMapToLong(Arrays::stream).sorted().toArray();
        return new Round(all.length / elapsed, all[all.length / 2] / 1e6, all[(int) (all.length * 0.99)] / 1e6);
    }

    private static double naive(Path file, double seconds) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long end = System.nanoTime() + (long) (seconds * 1e9);
            long begin = System.nanoTime();
            ByteBuffer entry = ByteBuffer.allocateDirect(ENTRY_BYTES);
            int n = 0;
            for (; System.nanoTime() < end; n++) {
                channel.write(entry.clear(), (long) n * ENTRY_BYTES);
                channel.force(false);
            }
            return n / ((System.nanoTime() - begin) / 1e9);
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
