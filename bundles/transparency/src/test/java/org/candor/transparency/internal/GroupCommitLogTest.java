package org.candor.transparency.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.LogUnavailableException;
import org.candor.proof.Checkpoint;
import org.candor.proof.InvalidProofException;
import org.candor.proof.MerkleTree;
import org.candor.proof.SignedNote;
import org.candor.proof.SigningKey;
import org.candor.proof.TilePath;
import org.candor.proof.TlogProof;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GroupCommitLogTest {

    /** Small segments, so that a few thousand entries fill several. */
    private static final int SEGMENT = 256 << 10;

    @TempDir
    Path folder;

    private GroupCommitLog open() throws IOException {
        return open(new Disk());
    }

    private GroupCommitLog open(Disk disk) throws IOException {
        return new GroupCommitLog(new GroupCommitLog.Settings(folder, "example.com/log", SEGMENT), disk);
    }

    private static byte[] entry(int i) {
        return ("entry " + i + " " + "x".repeat(i % 300)).getBytes(StandardCharsets.UTF_8);
    }

    private VerifierKey key() throws IOException, InvalidProofException {
        return VerifierKey.parse(Files.readString(folder.resolve("key.pub")).strip());
    }

    private Checkpoint fsck() throws IOException, InvalidProofException {
        return new Fsck(folder, key()).check();
    }

    private static Checkpoint checkpoint(String note) throws InvalidProofException {
        return Checkpoint.parse(SignedNote.parse(note).text());
    }

    @Test
    void checkpointsAreSignedWithTheBytesOfTheJdk() throws Exception {
        try (GroupCommitLog log = open()) {
            SigningKey jdk = SigningKey.parse(Files.readString(folder.resolve("key")));
            for (int i = 0; i < 50; i++) {
                log.append(entry(i));
                String checkpoint = log.checkpoint();
                assertEquals(jdk.sign(SignedNote.parse(checkpoint).text()), checkpoint);
            }
        }
    }

    @Test
    void everyEntryComesWithAProofThatVerifiesOffline() throws Exception {
        try (GroupCommitLog log = open()) {
            for (int i = 0; i < 300; i++) {
                Appended appended = log.append(entry(i));
                assertEquals(i, appended.index());
                TlogProof.Verified verified = TlogProof.parse(appended.proof()).verify(entry(i), key(), List.of());
                assertEquals(i + 1, verified.checkpoint().size());
                assertEquals("example.com/log", verified.checkpoint().origin());
                int other = i + 1;
                assertThrows(InvalidProofException.class, () -> TlogProof.parse(appended.proof())
                        .verify(entry(other), key(), List.of()));
            }
        }
        assertEquals(300, fsck().size());
    }

    @Test
    void writersAtOnceGetDifferentPlacesAndProofsThatStayTrue() throws Exception {
        Map<Long, byte[]> acknowledged = new ConcurrentHashMap<>();
        List<String> checkpoints = new ArrayList<>();
        try (GroupCommitLog log = open()) {
            try (ExecutorService writers = Executors.newFixedThreadPool(16)) {
                List<Future<?>> all = new ArrayList<>();
                for (int w = 0; w < 16; w++) {
                    int base = w * 1000;
                    all.add(writers.submit(() -> {
                        for (int i = 0; i < 200; i++) {
                            Appended appended = log.append(entry(base + i));
                            assertFalse(acknowledged.containsKey(appended.index()));
                            acknowledged.put(appended.index(), entry(base + i));
                            TlogProof.parse(appended.proof()).verify(entry(base + i), key(), List.of());
                            if (i % 100 == 0) {
                                synchronized (checkpoints) {
                                    checkpoints.add(appended.checkpoint());
                                }
                            }
                        }
                        return null;
                    }));
                }
                for (Future<?> one : all) {
                    one.get();
                }
            }
            checkHolds(log, acknowledged, checkpoints);
        }
        assertEquals(3200, fsck().size());
        try (GroupCommitLog log = open()) {
            checkHolds(log, acknowledged, checkpoints);
            assertEquals(3200, log.append(entry(1)).index());
        }
        assertEquals(3201, fsck().size());
    }

    private static void checkHolds(GroupCommitLog log, Map<Long, byte[]> acknowledged, List<String> checkpoints)
            throws InvalidProofException {
        Checkpoint now = checkpoint(log.checkpoint());
        assertTrue(now.size() >= acknowledged.size());
        for (Map.Entry<Long, byte[]> one : acknowledged.entrySet()) {
            assertArrayEquals(one.getValue(), log.entry(one.getKey()));
            MerkleTree.verifyInclusion(
                    MerkleTree.leafHash(one.getValue()),
                    one.getKey(),
                    now.size(),
                    log.inclusion(one.getKey(), now.size()),
                    now.root());
        }
        for (String note : checkpoints) {
            Checkpoint then = checkpoint(note);
            MerkleTree.verifyConsistency(
                    then.size(), now.size(), then.root(), now.root(), log.consistency(then.size(), now.size()));
        }
    }

    @Test
    void whatWasWrittenBeforeACrashIsThereAfterIt() throws Exception {
        Path crashed = folder.resolveSibling(folder.getFileName() + "-crashed");
        Map<Long, byte[]> acknowledged = new ConcurrentHashMap<>();
        try (GroupCommitLog log = open()) {
            for (int i = 0; i < 3000; i += 100) {
                List<CompletableFuture<Appended>> some = new ArrayList<>();
                for (int k = i; k < i + 100; k++) {
                    some.add(log.appendLater(entry(k)));
                }
                for (int k = 0; k < 100; k++) {
                    acknowledged.put(some.get(k).join().index(), entry(i + k));
                }
            }
            copyJournal(crashed);
        }
        try (GroupCommitLog log =
                new GroupCommitLog(new GroupCommitLog.Settings(crashed, "example.com/log", SEGMENT), new Disk())) {
            assertEquals(3000, log.size());
            checkHolds(log, acknowledged, List.of());
            for (int i = 3000; i < 3300; i++) {
                assertEquals(i, log.append(entry(i)).index());
            }
        }
        assertEquals(3300, new Fsck(crashed, key()).check().size());
    }

    /** The folder as a crash at this moment would leave it, all but what was never forced. */
    private void copyJournal(Path target) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(folder.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else if (!file.getFileName().toString().startsWith(".")) {
                    Files.copy(file, copy);
                }
            }
        }
    }

    @Test
    void aTornLastBatchIsForgottenAndItsPlaceUsedAgain() throws Exception {
        try (GroupCommitLog log = open()) {
            for (int i = 0; i < 20; i++) {
                log.append(entry(i));
            }
        }
        Path journal = folder.resolve("journal-00000000000000000000");
        byte[] whole = Files.readAllBytes(journal);
        int end = whole.length;
        while (whole[end - 1] == 0) {
            end--;
        }
        Files.delete(folder.resolve("checkpoint")); // as if it had not been published yet
        for (int cut = 1; cut < 200; cut += 17) {
            byte[] torn = whole.clone();
            java.util.Arrays.fill(torn, end - cut, whole.length, (byte) 0);
            Files.write(journal, torn);
            try (GroupCommitLog log = open()) {
                assertEquals(19, log.size());
                assertEquals(19, checkpoint(log.checkpoint()).size());
                assertEquals(19, log.append(entry(77)).index());
            }
            assertEquals(20, fsck().size());
            Files.delete(folder.resolve("checkpoint"));
        }
    }

    @Test
    void aLogThatLostSignedEntriesRefusesToStart() throws Exception {
        try (GroupCommitLog log = open()) {
            for (int i = 0; i < 20; i++) {
                log.append(entry(i));
            }
        }
        Path journal = folder.resolve("journal-00000000000000000000");
        byte[] bytes = Files.readAllBytes(journal);
        bytes[200] ^= 1;
        Files.write(journal, bytes);
        IOException e = assertThrows(IOException.class, this::open);
        assertTrue(e.getMessage().contains("damaged"), e.getMessage());
        bytes[200] ^= 1;
        Files.write(journal, bytes);
        open().close();
    }

    @Test
    void tilesAreThoseOfAnotherImplementation() throws Exception {
        Path shared = Path.of(System.getProperty("candor.shared", "../shared"), "vectors/tlog/log");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.isDirectory(shared), "skipped: the shared vectors are not there: vectors/tlog/log");
        int compared = 0;
        try (GroupCommitLog log = open()) {
            for (int size = 1; size <= 15; size++) {
                byte[] bundle = Files.readAllBytes(shared.resolve("tile/entries/000.p/" + size));
                byte[] last = lastEntry(bundle, size);
                log.append(last);
                Checkpoint golden = checkpoint(Files.readString(shared.resolve("checkpoint." + size)));
                assertArrayEquals(golden.root(), checkpoint(log.checkpoint()).root());
                for (String tile : List.of("tile/0/000.p/" + size, "tile/entries/000.p/" + size)) {
                    assertArrayEquals(
                            Files.readAllBytes(shared.resolve(tile)),
                            log.resource(tile).orElseThrow());
                    compared++;
                }
            }
            assertTrue(log.resource("tile/0/000.p/16").isEmpty());
            assertTrue(log.resource("tile/0/000").isEmpty());
            assertTrue(log.resource("tile/0/../key").isEmpty());
            assertTrue(log.resource("key").isEmpty());
        }
        assertEquals(30, compared);
        assertArrayEquals(
                Files.readAllBytes(shared.resolve("tile/0/000.p/15")),
                Files.readAllBytes(folder.resolve("tile/0/000.p/15")));
    }

    private static byte[] lastEntry(byte[] bundle, int count) {
        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(bundle);
        byte[] entry = new byte[0];
        for (int i = 0; i < count; i++) {
            entry = new byte[bytes.getShort() & 0xffff];
            bytes.get(entry);
        }
        return entry;
    }

    @Test
    void oldTilesAreServedAtEveryWidthTheyEverHad() throws Exception {
        try (GroupCommitLog log = open()) {
            for (int i = 0; i < 1500; i++) {
                log.appendLater(entry(i));
            }
            log.append(entry(1500));
            for (TilePath tile : List.of(
                    new TilePath(0, 0, 256), new TilePath(0, 0, 7), new TilePath(0, 5, 220), new TilePath(1, 0, 5))) {
                byte[] hashes = log.resource(tile.toString()).orElseThrow();
                assertEquals(tile.width() * 32, hashes.length);
                if (tile.level() == 0) {
                    for (int i = 0; i < tile.width(); i++) {
                        assertArrayEquals(
                                MerkleTree.leafHash(entry((int) tile.index() * 256 + i)),
                                java.util.Arrays.copyOfRange(hashes, 32 * i, 32 * i + 32));
                    }
                }
            }
            assertTrue(log.resource("tile/entries/000.p/3").isPresent());
            assertTrue(log.resource("tile/0/006").isEmpty());
        }
    }

    @Test
    void aChangedTileIsFound() throws Exception {
        try (GroupCommitLog log = open()) {
            for (int i = 0; i < 700; i++) {
                log.appendLater(entry(i));
            }
            log.append(entry(700));
        }
        assertEquals(701, fsck().size());
        for (String name :
                List.of("tile/0/000", "tile/0/002.p/189", "tile/1/000.p/2", "tile/entries/001", "checkpoint")) {
            Path tile = folder.resolve(name);
            byte[] good = Files.readAllBytes(tile);
            byte[] bad = good.clone();
            bad[33] ^= 1;
            Files.write(tile, bad);
            assertThrows(Exception.class, this::fsck, name);
            Files.write(tile, java.util.Arrays.copyOf(good, good.length - 1));
            assertThrows(Exception.class, this::fsck, name);
            Files.write(tile, good);
        }
        assertEquals(701, fsck().size());
    }

    @Test
    void onlyOneProcessHoldsALogAndItsKeyIsForTheOwnerAlone() throws Exception {
        try (GroupCommitLog log = open()) {
            assertEquals(0, log.size());
            assertEquals(0, checkpoint(log.checkpoint()).size());
            IOException e = assertThrows(IOException.class, this::open);
            assertTrue(e.getMessage().contains("already"), e.getMessage());
        }
        assertEquals(
                PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(folder.resolve("key")));
        String key = Files.readString(folder.resolve("key.pub"));
        open().close();
        assertEquals(key, Files.readString(folder.resolve("key.pub")));
    }

    @Test
    void anotherOriginOrALostKeyIsRefused() throws Exception {
        try (GroupCommitLog log = open()) {
            log.append(entry(1));
        }
        IOException e = assertThrows(
                IOException.class,
                () -> new GroupCommitLog(
                        new GroupCommitLog.Settings(folder, "example.com/other", SEGMENT), new Disk()));
        assertTrue(e.getMessage().contains("keeps its origin"), e.getMessage());
        Files.delete(folder.resolve("key"));
        assertThrows(IOException.class, this::open);
    }

    @Test
    void theSmallestAndTheLargestEntryAreKept() throws Exception {
        byte[] large = new byte[65_535];
        java.util.Arrays.fill(large, (byte) 7);
        try (GroupCommitLog log = open()) {
            assertEquals(0, log.append(new byte[0]).index());
            assertEquals(1, log.append(large).index());
            assertThrows(IllegalArgumentException.class, () -> log.append(new byte[65_536]));
        }
        try (GroupCommitLog log = open()) {
            assertEquals(0, log.entry(0).length);
            assertArrayEquals(large, log.entry(1));
            assertThrows(IndexOutOfBoundsException.class, () -> log.entry(2));
            assertThrows(IndexOutOfBoundsException.class, () -> log.inclusion(0, 3));
        }
    }

    @Test
    void entriesThatWaitWhenTheLogClosesAreStillWritten() throws Exception {
        List<CompletableFuture<Appended>> all = new ArrayList<>();
        GroupCommitLog log = open();
        for (int i = 0; i < 500; i++) {
            all.add(log.appendLater(entry(i)));
        }
        log.close();
        for (int i = 0; i < 500; i++) {
            assertEquals(i, all.get(i).get().index());
        }
        assertThrows(LogUnavailableException.class, () -> log.append(entry(0)));
        assertEquals(500, fsck().size());
    }

    /** Fails one call of one kind. */
    private static final class Failing extends Disk {
        private final String kind;
        private int left;

        Failing(String kind, int left) {
            this.kind = kind;
            this.left = left;
        }

        private void step(String now) throws IOException {
            if (now.equals(kind) && left-- == 0) {
                throw new IOException("no space left on device");
            }
        }

        @Override
        void write(Path path, java.nio.channels.FileChannel file, java.nio.ByteBuffer bytes, long position)
                throws IOException {
            if (kind.equals("half") && left-- == 0) {
                super.write(path, file, bytes.slice(0, bytes.remaining() / 2), position);
                throw new IOException("no space left on device");
            }
            step("write");
            super.write(path, file, bytes, position);
        }

        @Override
        void force(Path path, java.nio.channels.FileChannel file, boolean metadata) throws IOException {
            step("force");
            super.force(path, file, metadata);
        }

        @Override
        void rename(Path from, Path to) throws IOException {
            step("rename");
            super.rename(from, to);
        }
    }

    @Test
    void noSingleFailureOfTheDiskLosesAnAcknowledgedEntry() throws Exception {
        int refusals = 0;
        for (String kind : Set.of("write", "half", "force", "rename")) {
            for (int call = 0; call < 14; call++) {
                Path home = folder.resolve(kind + call);
                GroupCommitLog.Settings settings = new GroupCommitLog.Settings(home, "example.com/log", 8 << 10);
                Map<Long, byte[]> acknowledged = new ConcurrentHashMap<>();
                try (GroupCommitLog log = new GroupCommitLog(settings, new Failing(kind, call))) {
                    for (int i = 0; i < 24; i++) {
                        try {
                            Appended appended = log.append(entry(i));
                            acknowledged.put(appended.index(), entry(i));
                        } catch (LogUnavailableException e) {
                            refusals++;
                        }
                    }
                } catch (IOException e) {
                    refusals++; // the log could not be opened or closed: nothing more was promised
                }
                try (GroupCommitLog log = new GroupCommitLog(settings, new Disk())) {
                    checkHolds(log, acknowledged, List.of());
                    log.append(entry(99));
                }
                assertTrue(new Fsck(
                                        home,
                                        VerifierKey.parse(Files.readString(home.resolve("key.pub"))
                                                .strip()))
                                .check()
                                .size()
                        > acknowledged.size());
            }
        }
        assertTrue(refusals > 20, refusals + " refusals");
    }

    @Test
    void mutatedJournalsAreReadOrRefused() throws Exception {
        try (GroupCommitLog log = open()) {
            for (int i = 0; i < 30; i++) {
                log.append(entry(i));
            }
        }
        Files.delete(folder.resolve("checkpoint"));
        Path journal = folder.resolve("journal-00000000000000000000");
        byte[] whole = Files.readAllBytes(journal);
        int end = whole.length;
        while (whole[end - 1] == 0) {
            end--;
        }
        java.util.Random random = new java.util.Random(20261123);
        int shortened = 0;
        int refused = 0;
        for (int round = 0; round < 60; round++) {
            byte[] bad = whole.clone();
            int at = round % 3 == 0 ? end - 1 - random.nextInt(150) : random.nextInt(end);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(journal, bad, StandardOpenOption.TRUNCATE_EXISTING);
            try (GroupCommitLog log = open()) {
                // Only the last record may be lost: it could have been torn, and then nobody had its acknowledgement.
                assertEquals(29, log.size());
                shortened++;
                for (int i = 0; i < log.size(); i++) {
                    assertArrayEquals(entry(i), log.entry(i));
                }
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("damaged"), e.getMessage());
                refused++;
            }
            Files.deleteIfExists(folder.resolve("checkpoint"));
            if (Files.exists(folder.resolve("tile"))) {
                try (var tiles = Files.walk(folder.resolve("tile"))) {
                    tiles.sorted(java.util.Comparator.reverseOrder())
                            .forEach(f -> f.toFile().delete());
                }
            }
        }
        assertTrue(shortened >= 20, shortened + " cut");
        assertTrue(refused >= 30, refused + " refused");
    }
}
