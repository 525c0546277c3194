package org.candor.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.candor.api.transparency.Appended;
import org.candor.proof.TlogProof;
import org.candor.proof.VerifierKey;
import org.candor.transparency.internal.Disk;
import org.candor.transparency.internal.GroupCommitLog;

/**
 * Appends a second with 64 and 1,024 writers, each waiting for its durable proof, against the naive way on the same disk:
 * one forced write for each entry. One proof in 1,000 is verified with the log's public key after its round. Arguments:
 * seconds=3 a round, rounds=5, folder= a folder on the disk to measure, kills=0 to kill a writing process so many times
 * instead.
 */
final class Log implements Benchmark {

    private static final int ENTRY_BYTES = 400;
    private static final int SAMPLE = 1000;

    private record Sampled(byte[] entry, String proof) {}

    private record Round(double perSecond, double p50, double p99, double cpuMicros) {}

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "seconds", "rounds", "folder", "kills", "writer");
        if (given.text("writer", null) != null) {
            LogKills.write(Path.of(given.text("writer", null)), out);
        }
        double seconds = given.fraction("seconds", 3);
        int rounds = given.number("rounds", 5);
        String parent = given.text("folder", null);
        Path folder = parent == null
                ? Files.createTempDirectory("bench-log")
                : Files.createTempDirectory(Path.of(parent), "bench-log");
        try {
            int kills = given.number("kills", 0);
            if (kills > 0) {
                LogKills.run(folder, kills, out);
            } else {
                measure(folder, seconds, rounds, out);
            }
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void measure(Path folder, double seconds, int rounds, PrintStream out) throws Exception {
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
        }
    }

    private static void print(PrintStream out, int writers, List<Round> rounds, double naive, int published) {
        double perSecond = median(rounds.stream().map(Round::perSecond).toList());
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"log\",\"writers\":%d,\"ours\":%.0f,\"best\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,"
                        + "\"best_p99_ms\":%.2f,\"cpu_us\":%.1f,\"forced_write_each\":%.0f,\"ratio\":%.1f,"
                        + "\"tessera_posix_published\":%d,\"load_average\":%.1f}%n",
                writers,
                perSecond,
                rounds.stream().mapToDouble(Round::perSecond).max().orElseThrow(),
                median(rounds.stream().map(Round::p50).toList()),
                median(rounds.stream().map(Round::p99).toList()),
                rounds.stream().mapToDouble(Round::p99).min().orElseThrow(),
                median(rounds.stream().map(Round::cpuMicros).toList()),
                naive,
                perSecond / naive,
                published,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static Round load(GroupCommitLog log, int writers, double seconds) throws Exception {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        Queue<Sampled> samples = new ConcurrentLinkedQueue<>();
        long cpu = system.getProcessCpuTime();
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
                    Appended appended = log.append(entry);
                    String proof = appended.proof();
                    if (appended.index() % SAMPLE == 0) {
                        samples.add(new Sampled(entry.clone(), proof));
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
        cpu = system.getProcessCpuTime() - cpu;
        VerifierKey key = VerifierKey.parse(log.verifierKey());
        for (Sampled sample : samples) {
            TlogProof.parse(sample.proof).verify(sample.entry, key, List.of());
        }
        long[] all =
                Arrays.stream(latencies).flatMapToLong(Arrays::stream).sorted().toArray();
        return new Round(
                all.length / elapsed,
                all[all.length / 2] / 1e6,
                all[(int) (all.length * 0.99)] / 1e6,
                cpu / 1e3 / all.length);
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
