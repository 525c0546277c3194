package org.candor.transparency.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.LogUnavailableException;
import org.candor.proof.Checkpoint;
import org.candor.proof.MerkleTree;
import org.candor.proof.SignedNote;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The power goes again and again, and what was never forced is lost or damaged: nothing that was acknowledged is. */
final class PowerCutTest {

    private static final int LOGS = 6;
    private static final int CUTS = 8;

    @TempDir
    Path folder;

    private static byte[] entry(long number) {
        return ("cut " + number + " " + "z".repeat((int) (number * 31 % 180))).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatWasAcknowledgedSurvivesPowerCutsAndWhatWasSignedIsContinued() throws Exception {
        long acknowledgedInAll = 0;
        for (int number = 0; number < LOGS; number++) {
            Random random = new Random(number);
            Path home = folder.resolve("log" + number);
            GroupCommitLog.Settings settings =
                    new GroupCommitLog.Settings(home, "example.com/cut", 32 << 10, 1 + random.nextInt(5));
            TreeMap<Long, byte[]> acknowledged = new TreeMap<>();
            String checkpoint = null;
            for (int cut = 0; cut < CUTS; cut++) {
                PowerCutDisk disk = new PowerCutDisk();
                try (GroupCommitLog log = new GroupCommitLog(settings, disk)) {
                    if (checkpoint != null) {
                        check(log, acknowledged, checkpoint);
                    }
                    checkpoint = load(log, disk, random, acknowledged, checkpoint);
                }
                disk.lose(random);
            }
            try (GroupCommitLog log = new GroupCommitLog(settings, new Disk())) {
                check(log, acknowledged, checkpoint);
            }
            String key = java.nio.file.Files.readString(home.resolve("key.pub")).strip();
            assertTrue(new Fsck(home, VerifierKey.parse(key)).check().size() >= acknowledged.size());
            acknowledgedInAll += acknowledged.size();
        }
        assertTrue(acknowledgedInAll > LOGS * CUTS * 100, acknowledgedInAll + " entries");
    }

    /** Appends in bursts until the power goes in the middle of one; returns the last checkpoint that was acknowledged. */
    private static String load(
            GroupCommitLog log, PowerCutDisk disk, Random random, Map<Long, byte[]> acknowledged, String before)
            throws InterruptedException {
        String checkpoint = before;
        int bursts = 1 + random.nextInt(40);
        for (int burst = 0; burst <= bursts; burst++) {
            Map<byte[], CompletableFuture<Appended>> some = new java.util.LinkedHashMap<>();
            for (int i = 1 + random.nextInt(60); i > 0; i--) {
                byte[] entry = entry(random.nextInt(100_000));
                some.put(entry, log.appendLater(entry));
            }
            if (burst == bursts) {
                disk.cut();
            }
            for (Map.Entry<byte[], CompletableFuture<Appended>> one : some.entrySet()) {
                try {
                    Appended appended = one.getValue().join();
                    acknowledged.put(appended.index(), one.getKey());
                    checkpoint = appended.checkpoint();
                } catch (CompletionException e) {
                    assertTrue(e.getCause() instanceof LogUnavailableException, String.valueOf(e.getCause()));
                }
            }
        }
        return checkpoint;
    }

    private static void check(GroupCommitLog log, TreeMap<Long, byte[]> acknowledged, String last) throws Exception {
        acknowledged.forEach((index, entry) -> assertArrayEquals(entry, log.entry(index), "entry " + index));
        Checkpoint then = Checkpoint.parse(SignedNote.parse(last).text());
        Checkpoint now = Checkpoint.parse(SignedNote.parse(log.checkpoint()).text());
        assertTrue(then.size() <= now.size(), then.size() + " entries were signed, " + now.size() + " are there");
        MerkleTree.verifyConsistency(
                then.size(), now.size(), then.root(), now.root(), log.consistency(then.size(), now.size()));
    }
}
