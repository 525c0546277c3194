package org.candor.api.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Feeds a reader with damaged inputs. A reader has to accept an input or to refuse it in the documented way, within limits of
 * processor time and of memory allocated; anything else is a finding. What is accepted is damaged further, so that changes add up.
 *
 * <p>As a test it runs a fixed number of rounds from a fixed seed. These system properties are for {@code ./candor fuzz}: {@code
 * candor.fuzz.minutes} runs that long from a seed of its own, {@code candor.fuzz.seed} sets the seed, {@code candor.fuzz.input}
 * names one file to feed instead.
 */
public final class Fuzz {

    private static final long SEED = 20261127;
    private static final int KEPT = 64;
    private static final int MOST_FINDINGS = 10;
    private static final int FRAMES = 3;
    private static final Path FINDINGS = Path.of("target", "fuzz");

    private final String name;
    private final List<byte[]> examples;
    private final Mutation mutation;
    private int rounds = 3_000;
    private long cpuSeconds = 10;
    private long allocation = 128L << 20;
    private double leastOfEach = 0.01;

    /** Reads one input. */
    @FunctionalInterface
    public interface Reader {
        /**
         * @return true when the input was accepted, and what was read from it is sane; false when it was refused in the
         *     documented way
         * @throws Exception for anything else, a finding
         */
        boolean read(byte[] input) throws Exception;
    }

    /** @param name as {@code ./candor fuzz} knows it */
    public Fuzz(String name, List<byte[]> examples, Mutation mutation) {
        this.name = name;
        this.examples = List.copyOf(examples);
        this.mutation = mutation;
    }

    /** How many inputs a test feeds; 3,000 otherwise. */
    public Fuzz rounds(int count) {
        rounds = count;
        return this;
    }

    /** Limits for one input; 10 seconds of processor time and 128 MiB allocated otherwise. */
    public Fuzz limits(long seconds, long mebibytes) {
        cpuSeconds = seconds;
        allocation = mebibytes << 20;
        return this;
    }

    /** The share of inputs that has to be accepted, and that has to be refused, for the test to mean something; 1 % otherwise. */
    public Fuzz leastOfEach(double share) {
        leastOfEach = share;
        return this;
    }

    /** @throws AssertionError with the findings, the seed, and the files that hold the inputs */
    public void run(Reader reader) {
        String file = System.getProperty("candor.fuzz.input");
        double minutes = Double.parseDouble(System.getProperty("candor.fuzz.minutes", "0"));
        long seed = Long.getLong("candor.fuzz.seed", minutes > 0 ? new SplittableRandom().nextLong() : SEED);
        Run run = new Run(reader, seed);
        if (file != null) {
            run.one(file);
        } else {
            run.examples();
            run.many(minutes);
        }
        run.report(file == null, minutes > 0);
    }

    private final class Run implements Runnable {
        private final Reader reader;
        private final long seed;
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final Map<String, String> findings = new LinkedHashMap<>();
        private final List<byte[]> kept = new ArrayList<>();
        private long until;
        private volatile byte[] input;
        private volatile long round;
        private volatile long cpuBefore;
        private volatile boolean givenUp;
        private long accepted;
        private long refused;

        Run(Reader reader, long seed) {
            this.reader = reader;
            this.seed = seed;
        }

        void one(String file) {
            try {
                input = Files.readAllBytes(Path.of(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            watched(() -> read());
        }

        /** What is not damaged is accepted. */
        void examples() {
            watched(() -> {
                for (byte[] example : examples) {
                    input = example;
                    long before = accepted;
                    read();
                    if (accepted == before && findings.isEmpty()) {
                        found(new AssertionError("an example is refused"));
                        return;
                    }
                }
            });
        }

        void many(double minutes) {
            until = minutes > 0 ? System.nanoTime() + (long) (minutes * 60e9) : 0;
            watched(this);
        }

        /** Runs on a thread whose processor time this one watches: a reader without end is a finding, too. */
        private void watched(Runnable work) {
            cpuBefore = 0;
            Thread worker = Thread.ofPlatform().daemon().name("fuzz-" + name).start(work);
            try {
                while (!worker.join(java.time.Duration.ofMillis(200))) {
                    long round = this.round;
                    long used = threads.getThreadCpuTime(worker.threadId()) - cpuBefore;
                    if (used > 2 * cpuSeconds * 1_000_000_000L && round == this.round) {
                        StringBuilder where = new StringBuilder();
                        for (StackTraceElement frame : worker.getStackTrace()) {
                            where.append("\n  at ").append(frame);
                        }
                        found(new AssertionError("no end after " + used / 1_000_000 + " ms" + where));
                        givenUp = true;
                        worker.interrupt();
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void run() {
            Random random = new Random(seed);
            int largest = examples.stream().mapToInt(each -> each.length).max().orElseThrow();
            while (goesOn()) {
                List<byte[]> from = kept.isEmpty() || random.nextBoolean() ? examples : kept;
                byte[] whole = from.get(random.nextInt(from.size()));
                input = mutation.apply(whole, examples.get(random.nextInt(examples.size())), random);
                long before = accepted;
                read();
                if (accepted > before && input.length <= 4 * largest) {
                    if (kept.size() < KEPT) {
                        kept.add(input);
                    } else {
                        kept.set(random.nextInt(KEPT), input);
                    }
                }
                round++;
            }
        }

        private boolean goesOn() {
            if (givenUp) {
                return false;
            }
            return until == 0
                    ? round < rounds && findings.isEmpty()
                    : System.nanoTime() < until && findings.size() < MOST_FINDINGS;
        }

        private void read() {
            byte[] given = input;
            cpuBefore = threads.getCurrentThreadCpuTime();
            long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
            try {
                if (reader.read(given.clone())) {
                    accepted++;
                } else {
                    refused++;
                }
            } catch (Throwable e) {
                found(e);
                return;
            }
            long cpu = threads.getCurrentThreadCpuTime() - cpuBefore;
            long allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
            if (cpu > cpuSeconds * 1_000_000_000L) {
                found(new AssertionError(cpu / 1_000_000 + " ms for " + given.length + " bytes"));
            }
            if (allocated > allocation) {
                found(new AssertionError((allocated >> 20) + " MiB allocated for " + given.length + " bytes"));
            }
        }

        /** Findings from one place are one. */
        private synchronized void found(Throwable e) {
            StringBuilder key = new StringBuilder(e.getClass().getName());
            StackTraceElement[] trace = e.getStackTrace();
            for (int i = 0; i < Math.min(FRAMES, trace.length); i++) {
                key.append(trace[i]);
            }
            if (findings.containsKey(key.toString())) {
                return;
            }
            Path file = FINDINGS.resolve(name + "-" + Long.toUnsignedString(seed, 16) + "-" + round);
            try {
                Files.createDirectories(FINDINGS);
                Files.write(file, input);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            StringBuilder text =
                    new StringBuilder("round ").append(round).append(": ").append(e);
            for (int i = 0; i < Math.min(12, trace.length); i++) {
                text.append("\n    at ").append(trace[i]);
            }
            text.append("\n  again: ./candor fuzz ")
                    .append(name)
                    .append(" --input ")
                    .append(file.toAbsolutePath());
            findings.put(key.toString(), text.toString());
        }

        void report(boolean many, boolean told) {
            String summary = String.format(
                    Locale.ROOT,
                    "fuzz %s: seed %d, %d inputs, %d accepted, %d refused, %d findings",
                    name,
                    seed,
                    accepted + refused,
                    accepted,
                    refused,
                    findings.size());
            if (told || !many) {
                System.out.println(summary);
            }
            if (!findings.isEmpty()) {
                throw new AssertionError(summary + "\n" + String.join("\n", findings.values()));
            }
            double least = leastOfEach * round;
            if (many && (accepted < least || refused < least)) {
                throw new AssertionError(summary + ": at least " + (int) least + " of each are needed");
            }
        }
    }
}
