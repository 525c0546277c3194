package org.candor.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.TransparencyLog;
import org.candor.proof.Checkpoint;
import org.candor.proof.InvalidProofException;
import org.candor.proof.MerkleTree;
import org.candor.proof.SignedNote;
import org.candor.proof.VerifierKey;
import org.candor.transparency.internal.Disk;
import org.candor.transparency.internal.GroupCommitLog;

/**
 * Kills a process that holds only the log while 64 writers append, again and again. After each kill every entry that it
 * acknowledged has to be at its index, and the log has to continue the last checkpoint that it acknowledged.
 */
final class LogKills {

    private static final int WRITERS = 64;
    /** Small, so that many kills fall on the change from one to the next. */
    private static final int SEGMENT_BYTES = 8 << 20;

    private LogKills() {}

    private static GroupCommitLog open(Path folder) throws IOException {
        return new GroupCommitLog(
                new GroupCommitLog.Settings(folder.resolve("log"), "example.com/kills", SEGMENT_BYTES), new Disk());
    }

    private static byte[] entry(long number) {
        return ("entry " + number + " " + "k".repeat((int) (number % 500))).getBytes(StandardCharsets.UTF_8);
    }

    /** The process that is killed: appends for ever, and says so after each acknowledgement. */
    static void write(Path folder, PrintStream out) throws IOException, InterruptedException {
        GroupCommitLog log = open(folder);
        AtomicLong next = new AtomicLong(log.size());
        for (int writer = 0; writer < WRITERS; writer++) {
            Thread.ofVirtual().start(() -> {
                while (true) {
                    long number = next.getAndIncrement();
                    Appended appended = log.append(entry(number));
                    byte[] note = appended.checkpoint().getBytes(StandardCharsets.UTF_8);
                    String line = number + " " + appended.index() + " "
                            + Base64.getEncoder().encodeToString(note) + ";\n";
                    synchronized (out) {
                        out.print(line);
                        out.flush();
                    }
                }
            });
        }
        Thread.currentThread().join();
    }

    static void run(Path folder, int kills, PrintStream out)
            throws IOException, InterruptedException, InvalidProofException {
        Random random = new Random(System.nanoTime());
        long acknowledged = 0;
        for (int kill = 1; kill <= kills; kill++) {
            Map<Long, Long> entries = new HashMap<>();
            String checkpoint = kill(folder, 1 + random.nextInt(5000), entries);
            try (GroupCommitLog log = open(folder)) {
                for (Map.Entry<Long, Long> one : entries.entrySet()) {
                    if (!java.util.Arrays.equals(entry(one.getValue()), log.entry(one.getKey()))) {
                        throw new IllegalStateException("kill " + kill + ": entry " + one.getKey() + " is another");
                    }
                }
                checkContinues(log, checkpoint);
            }
            acknowledged += entries.size();
            if (kill % 10 == 0) {
                System.err.println(kill + " kills, " + acknowledged + " acknowledged entries, none lost");
            }
        }
        out.printf("{\"bench\":\"log-kills\",\"kills\":%d,\"acknowledged\":%d,\"lost\":0}%n", kills, acknowledged);
    }

    /** Lets the process acknowledge so many entries, and kills it; gives the newest checkpoint that was acknowledged. */
    private static String kill(Path folder, int enough, Map<Long, Long> entries)
            throws IOException, InterruptedException, InvalidProofException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "log",
                        "writer=" + folder)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String newest = null;
        long size = -1;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            // Once it is killed, what it had said is still read; a line without its end was cut off.
            for (String line = lines.readLine(); line != null && line.endsWith(";"); line = lines.readLine()) {
                String[] parts = line.substring(0, line.length() - 1).split(" ");
                entries.put(Long.parseLong(parts[1]), Long.parseLong(parts[0]));
                String note = new String(Base64.getDecoder().decode(parts[2]), StandardCharsets.UTF_8);
                long signed = Checkpoint.parse(SignedNote.parse(note).text()).size();
                if (signed > size) {
                    size = signed;
                    newest = note;
                }
                if (entries.size() == enough) {
                    process.toHandle().destroyForcibly(); // Process would close the stream
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        if (entries.size() < enough) {
            throw new IllegalStateException("the writing process ended by itself");
        }
        return newest;
    }

    private static void checkContinues(TransparencyLog log, String checkpoint) throws InvalidProofException {
        List<VerifierKey> key = List.of(VerifierKey.parse(log.verifierKey()));
        SignedNote before = SignedNote.parse(checkpoint);
        SignedNote after = SignedNote.parse(log.checkpoint());
        before.verify(key);
        after.verify(key);
        Checkpoint from = Checkpoint.parse(before.text());
        Checkpoint to = Checkpoint.parse(after.text());
        MerkleTree.verifyConsistency(
                from.size(), to.size(), from.root(), to.root(), log.consistency(from.size(), to.size()));
    }
}
