package org.candor.transparency.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.LogUnavailableException;
import org.candor.proof.Checkpoint;
import org.candor.proof.MerkleTree;
import org.candor.proof.SignedNote;
import org.candor.proof.TilePath;
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
            String key = Files.readString(home.resolve("key.pub")).strip();
            assertTrue(new Fsck(home, VerifierKey.parse(key)).check().size() >= acknowledged.size());
            acknowledgedInAll += acknowledged.size();
        }
        assertTrue(acknowledgedInAll > LOGS * CUTS * 100, acknowledgedInAll + " entries");
    }

    /**
     * A cut left a partial tile that was never forced; a second cut came while several full segments were dropped, so that
     * the oldest one left is one in the middle. What it continues has to be on the disk like the edge of the last one.
     */
    @Test
    void eachSegmentThatMayBecomeTheOldestFindsTheTreeItContinues() throws Exception {
        for (int garbage : List.of(0, MerkleTree.HASH_BYTES)) {
            Path home = folder.resolve("middle" + garbage);
            GroupCommitLog.Settings settings = new GroupCommitLog.Settings(home, "example.com/cut", 48 << 10, 600_000);
            append(settings, 300, new MiddleCut(false));
            append(settings, 400, new MiddleCut(false));
            Path partial = home.resolve("tile/1/000.p/1");
            assertTrue(Files.exists(partial), "the test needs a partial tile that was not forced");
            Files.write(partial, new byte[garbage]);
            append(settings, 300, new MiddleCut(true));
            List<Journal.Segment> left = new Journal(home, new Disk(), 48 << 10).segments();
            long oldest = left.getFirst().start();
            assertTrue(left.size() > 1 && oldest / TilePath.WIDTH == 1, "the test needs a cut in the middle: " + left);
            try (GroupCommitLog log = new GroupCommitLog(settings, new Disk())) {
                assertEquals(1000, log.size());
                for (int i = 0; i < 1000; i++) {
                    assertArrayEquals(entry(i), log.entry(i));
                }
            }
        }
    }

    @Test
    void aSegmentThatCouldNotBeDroppedLeavesNoGapBehindIt() throws Exception {
        Path home = folder.resolve("hiccup");
        GroupCommitLog.Settings settings = new GroupCommitLog.Settings(home, "example.com/cut", 48 << 10, 600_000);
        append(settings, 700, new MiddleCut(false));
        AtomicInteger failed = new AtomicInteger();
        Disk hiccup = new Disk() {
            private boolean dropped;

            @Override
            void rename(Path from, Path to) throws IOException {
                super.rename(from, to);
                dropped |= from.getFileName().toString().startsWith("journal-");
            }

            @Override
            void force(Path path, FileChannel file, boolean metadata) throws IOException {
                if (dropped && failed.getAndIncrement() == 0) {
                    throw new IOException("not now");
                }
                super.force(path, file, metadata);
            }
        };
        try (GroupCommitLog log = new GroupCommitLog(settings, hiccup)) {
            for (long end = System.nanoTime() + 20_000_000_000L; failed.get() == 0 && System.nanoTime() < end; ) {
                Thread.sleep(1);
            }
            assertTrue(failed.get() > 0, "the test needs a segment whose removal fails");
            for (int i = 0; i < 300; i++) {
                log.append(entry(log.size()));
            }
        }
        assertEquals(1, new Journal(home, new Disk(), 48 << 10).segments().size());
        try (GroupCommitLog log = new GroupCommitLog(settings, new Disk())) {
            assertEquals(1000, log.size());
        }
    }

    private static void append(GroupCommitLog.Settings settings, int entries, MiddleCut disk) throws IOException {
        try (GroupCommitLog log = new GroupCommitLog(settings, disk)) {
            for (int i = 0; i < entries; i++) {
                log.append(entry(log.size()));
            }
            disk.closing = true;
        }
    }

    /** Forces no tiles of hashes of hashes before the log is closed; then, if asked to, loses its power once one segment was dropped. */
    private static final class MiddleCut extends Disk {
        private final boolean drops;
        private volatile boolean closing;
        private boolean dropped;
        private boolean cut;

        MiddleCut(boolean drops) {
            this.drops = drops;
        }

        @Override
        void rename(Path from, Path to) throws IOException {
            checkPower();
            super.rename(from, to);
            dropped |= from.getFileName().toString().startsWith("journal-");
        }

        @Override
        void force(Path path, FileChannel file, boolean metadata) throws IOException {
            checkPower();
            if (path.toString().contains("/tile/1/") && !(closing && drops)) {
                throw new IOException("tiles cannot be forced");
            }
            super.force(path, file, metadata);
            cut = dropped;
        }

        private void checkPower() throws IOException {
            if (cut) {
                throw new IOException("the power is gone");
            }
        }
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
