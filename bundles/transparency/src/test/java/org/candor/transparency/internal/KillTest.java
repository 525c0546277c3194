package org.candor.transparency.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import org.candor.proof.Checkpoint;
import org.candor.proof.MerkleTree;
import org.candor.proof.SignedNote;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KillTest {

    private static final int KILLS = 50;

    @TempDir
    Path folder;

    @Test
    void fiftyKillsInTheMiddleOfLoadLoseNoAcknowledgedEntry() throws Exception {
        Random random = new Random(20261123);
        TreeMap<Long, Long> acknowledged = new TreeMap<>();
        String checkpoint = null;
        long number = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xshare:auto",
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledWriter.class.getName(),
                            folder.toString(),
                            Long.toString(number))
                    .redirectError(
                            folder.resolveSibling(folder.getFileName() + ".err").toFile())
                    .start();
            try (BufferedReader lines = process.inputReader()) {
                int enough = 1 + random.nextInt(300);
                for (int i = 0; i < enough; i++) {
                    checkpoint = acknowledge(lines.readLine(), acknowledged, kill);
                }
                process.toHandle().destroyForcibly(); // Process would close the pipe we still read from
                for (String line = whole(lines); line != null; line = whole(lines)) {
                    checkpoint = acknowledge(line, acknowledged, kill);
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            number = acknowledged.values().stream().mapToLong(n -> n).max().orElse(0) + 1000;
            if (kill % 10 == 9) {
                check(acknowledged, checkpoint);
            }
        }
        assertTrue(acknowledged.size() > KILLS * 20, acknowledged.size() + " entries");
    }

    /** The next line, or null at the end; a line cut off by the kill was not received by anybody. */
    private static String whole(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        return line == null || !line.endsWith("|") ? null : line;
    }

    private static String acknowledge(String line, TreeMap<Long, Long> acknowledged, int kill) {
        assertTrue(line != null, "the log did not start after kill " + kill);
        String[] parts = line.split(" ", 3);
        acknowledged.put(Long.parseLong(parts[1]), Long.parseLong(parts[0]));
        return parts[2].replace('|', '\n');
    }

    private void check(TreeMap<Long, Long> acknowledged, String last) throws Exception {
        try (GroupCommitLog log =
                new GroupCommitLog(new GroupCommitLog.Settings(folder, "example.com/killed", 64 << 10), new Disk())) {
            for (var one : acknowledged.entrySet()) {
                assertArrayEquals(KilledWriter.entry(one.getValue()), log.entry(one.getKey()), "entry " + one.getKey());
            }
            Checkpoint then = Checkpoint.parse(SignedNote.parse(last).text());
            Checkpoint now = Checkpoint.parse(SignedNote.parse(log.checkpoint()).text());
            assertTrue(then.size() <= now.size());
            MerkleTree.verifyConsistency(
                    then.size(), now.size(), then.root(), now.root(), log.consistency(then.size(), now.size()));
        }
        VerifierKey key =
                VerifierKey.parse(Files.readString(folder.resolve("key.pub")).strip());
        assertTrue(new Fsck(folder, key).check().size() >= acknowledged.size());
    }
}
