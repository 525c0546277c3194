package org.candor.transparency.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.candor.api.transparency.LogUnavailableException;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who signs, what the disk is given when, and what is left when one of the two fails. */
final class CommitterTest {

    private static final int SEGMENT = 64 << 10;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    @TempDir
    Path folder;

    private static byte[] entry(int i) {
        return ("an entry, number " + i + " " + "w".repeat(i * 37 % 900)).getBytes(StandardCharsets.UTF_8);
    }

    private GroupCommitLog open(Disk disk) throws IOException {
        return open(folder, disk);
    }

    private static GroupCommitLog open(Path home, Disk disk) throws IOException {
        return new GroupCommitLog(new GroupCommitLog.Settings(home, "example.com/log", SEGMENT), disk);
    }

    /** A disk that cannot be written past the cache, as a file system in memory. */
    private static final class Cached extends Disk {
        @Override
        int direct(Path path) {
            return 0;
        }
    }

    /** A committer over a journal of its own, whose signatures are made by the test. */
    private Committer committer(Supplier<SignedTree> sign, RecentTree tree) throws IOException {
        Journal journal = new Journal(folder, new Disk(), SEGMENT);
        tree.load(0);
        journal.open((first, entries, checkpoint) -> {});
        Committer committer = new Committer(tree, new EntryTail(), journal, sign, new SignedTree(0, "nothing"), 0);
        committer.start();
        return committer;
    }

    private static void end(Committer committer) throws InterruptedException {
        committer.close();
        committer.thread().join();
    }

    @Test
    void whoAppendsAloneSignsAndWhoDoesNotWaitLeavesItToTheLog() throws Exception {
        RecentTree tree = new RecentTree(new TileFiles(folder, new Disk()));
        AtomicReference<Thread> signer = new AtomicReference<>();
        Committer committer = committer(
                () -> {
                    signer.set(Thread.currentThread());
                    return new SignedTree(tree.size(), "signed");
                },
                tree);
        long end = System.nanoTime() + PATIENCE_NANOS;
        int index = 0;
        do {
            assertTrue(System.nanoTime() < end, "nobody but the log's own thread ever signed");
            Thread.sleep(1);
            assertEquals(index, committer.now(entry(index)).join().index());
            index++;
        } while (signer.get() != Thread.currentThread());
        for (int i = 0; i < 20; i++) {
            assertEquals(index, committer.later(entry(index)).join().index());
            assertEquals(committer.thread(), signer.get());
            index++;
        }
        end(committer);
    }

    @Test
    void aSignatureThatFailsRefusesItsBatchOnlyAndAnErrorStopsTheLog() throws Exception {
        RecentTree tree = new RecentTree(new TileFiles(folder, new Disk()));
        AtomicReference<Throwable> next = new AtomicReference<>();
        Committer committer = committer(
                () -> {
                    switch (next.getAndSet(null)) {
                        case RuntimeException e -> throw e;
                        case Error e -> throw e;
                        case null, default -> {
                            return new SignedTree(tree.size(), "signed");
                        }
                    }
                },
                tree);
        for (int i = 0; i < 50; i++) {
            Thread.sleep(i % 2);
            next.set(new IllegalStateException("no key"));
            byte[] refused = entry(i);
            CompletionException e = assertThrows(
                    CompletionException.class, () -> committer.now(refused).join());
            assertTrue(
                    e.getCause().getMessage().contains("no key"), e.getCause().getMessage());
            assertEquals(i, committer.now(entry(i)).join().index());
            assertEquals(i + 1, committer.signed().size());
        }
        next.set(new StackOverflowError("too deep"));
        assertThrows(CompletionException.class, () -> committer.now(entry(1)).join());
        CompletionException e = assertThrows(
                CompletionException.class, () -> committer.now(entry(2)).join());
        assertTrue(e.getCause().getMessage().contains("restart"), e.getCause().getMessage());
        assertEquals(50, committer.signed().size());
        end(committer);
    }

    @Test
    void callersThatComeAndGoAllGetAPlaceOfTheirOwn() throws Exception {
        Set<Long> places = ConcurrentHashMap.newKeySet();
        List<Thread> callers = new ArrayList<>();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        try (GroupCommitLog log = open(new Disk())) {
            for (int c = 0; c < 6; c++) {
                int base = c * 1_000;
                callers.add((c % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(() -> {
                    try {
                        for (int i = base; i < base + 200; i++) {
                            byte[] own = entry(i);
                            long index = i % 3 == 0
                                    ? log.appendLater(own).join().index()
                                    : log.append(own).index();
                            assertTrue(places.add(index), "place " + index + " was given twice");
                            assertArrayEquals(own, log.entry(index));
                            Thread.sleep(0, i % 7 * 100_000);
                        }
                    } catch (Throwable e) {
                        failed.set(e);
                    }
                }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertEquals(null, failed.get());
            assertEquals(1_200, log.size());
        }
        assertEquals(1_200, new Fsck(folder, key(folder)).check().size());
    }

    private static VerifierKey key(Path home) throws Exception {
        return VerifierKey.parse(Files.readString(home.resolve("key.pub")).strip());
    }

    @Test
    void aCallerWhoIsInterruptedIsAnsweredAndDoesNotCloseTheJournal() throws Exception {
        try (GroupCommitLog log = open(new Disk())) {
            for (int i = 0; i < 100; i++) {
                Thread.currentThread().interrupt();
                assertEquals(i, log.append(entry(i)).index());
                assertTrue(Thread.interrupted(), "the interrupt was swallowed");
                Thread.sleep(i % 2);
            }
        }
        try (GroupCommitLog log = open(new Disk())) {
            assertEquals(100, log.size());
        }
    }

    /** What is written to the journal, and a failure of the disk when it is given a record. */
    private static final class Watched extends Disk {
        private final List<byte[]> writes = new ArrayList<>();
        private volatile byte[] refused;

        @Override
        void write(Path path, FileChannel file, ByteBuffer bytes, long position) throws IOException {
            if (path.getFileName().toString().startsWith("journal-")) {
                byte[] written = new byte[bytes.remaining()];
                bytes.get(bytes.position(), written);
                synchronized (writes) {
                    writes.add(written);
                }
                byte[] wanted = refused;
                if (wanted != null && contains(written, wanted) && contains(written, "example.com/log\n")) {
                    throw new IOException("the disk is full");
                }
            }
            super.write(path, file, bytes, position);
        }

        private static boolean contains(byte[] bytes, byte[] part) {
            return contains(bytes, new String(part, StandardCharsets.ISO_8859_1));
        }

        static boolean contains(byte[] bytes, String part) {
            return new String(bytes, StandardCharsets.ISO_8859_1).contains(part);
        }
    }

    /** Appends until the disk was given entries ahead of their record; returns how many entries there are. */
    private static int appendUntilPrepared(GroupCommitLog log, Watched disk) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (int i = 0; ; i++) {
            assertTrue(System.nanoTime() < end, "the disk was never given an entry ahead of its record");
            Thread.sleep(1);
            int before = disk.writes.size();
            log.append(entry(i));
            if (disk.writes.size() == before + 2) {
                return i + 1;
            }
        }
    }

    @Test
    void entriesThatTheDiskHadAheadOfTheirCheckpointAreNoRecord() throws Exception {
        Watched disk = new Watched();
        int size;
        try (GroupCommitLog log = open(disk)) {
            log.append(entry(0));
            assumeTrue(
                    disk.direct(folder.resolve(Journal.name(0))) > 0,
                    "skipped: this file system cannot be written past the cache");
        }
        try (GroupCommitLog log = open(folder.resolve("watched"), disk)) {
            size = appendUntilPrepared(log, disk);
            byte[] early = disk.writes.get(disk.writes.size() - 2);
            byte[] record = disk.writes.getLast();
            String last = new String(entry(size - 1), StandardCharsets.UTF_8);
            assertTrue(Watched.contains(early, last));
            assertFalse(Watched.contains(early, "example.com/log\n" + size + "\n"), "the checkpoint came first");
            assertTrue(Watched.contains(record, last) && Watched.contains(record, "example.com/log\n" + size + "\n"));
            disk.refused = entry(size + 7);
            for (int i = 0; i < 20; i++) {
                Thread.sleep(1);
                assertThrows(LogUnavailableException.class, () -> log.append(disk.refused));
            }
            assertEquals(size, log.size());
        }
        Path home = folder.resolve("watched");
        try (GroupCommitLog log = open(home, new Disk())) {
            assertEquals(size, log.size());
            assertEquals(size, log.append(entry(size)).index());
        }
        assertEquals(size + 1, new Fsck(home, key(home)).check().size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJournalWrittenThroughTheCacheIsContinuedPastItAndTheOtherWayRound(boolean directFirst) throws Exception {
        int size = 0;
        for (int opening = 0; opening < 6; opening++) {
            boolean direct = directFirst == (opening % 2 == 0);
            try (GroupCommitLog log = open(direct ? new Disk() : new Cached())) {
                assertEquals(size, log.size());
                for (int i = 0; i < size; i++) {
                    assertArrayEquals(entry(i), log.entry(i));
                }
                for (int i = 0; i < 41; i++) {
                    assertEquals(size, log.append(entry(size)).index());
                    size++;
                }
            }
        }
        assertEquals(size, new Fsck(folder, key(folder)).check().size());
    }

    @Test
    void theJournalHoldsTheSameBytesOnEitherWay() throws Exception {
        Path direct = folder.resolve("direct");
        Path cached = folder.resolve("cached");
        try (GroupCommitLog first = open(direct, new Disk())) {
            Files.createDirectories(cached);
            for (String name : List.of("key", "key.pub")) {
                Files.copy(direct.resolve(name), cached.resolve(name));
            }
            try (GroupCommitLog second = open(cached, new Cached())) {
                for (int i = 0; i < 30; i++) {
                    first.append(entry(i));
                    second.append(entry(i));
                }
            }
        }
        assertArrayEquals(
                Files.readAllBytes(direct.resolve(Journal.name(0))),
                Files.readAllBytes(cached.resolve(Journal.name(0))));
    }
}
