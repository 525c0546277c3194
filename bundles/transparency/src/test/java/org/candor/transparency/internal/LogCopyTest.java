package org.candor.transparency.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.candor.api.transparency.Appended;
import org.candor.proof.TlogProof;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LogCopyTest {

    private static final int SEGMENT = 256 << 10;

    @TempDir
    Path folder;

    private static GroupCommitLog open(Path folder) throws IOException {
        return new GroupCommitLog(new GroupCommitLog.Settings(folder, "example.com/log", SEGMENT), new Disk());
    }

    private static byte[] entry(int i) {
        return ("entry " + i + " " + "x".repeat(i % 300)).getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 257, 512, 3_000})
    void aCopyGoesOnAndItsOldProofsHold(int size) throws Exception {
        List<Appended> before = new ArrayList<>();
        Path copy = folder.resolve("copy");
        String checkpoint;
        try (GroupCommitLog log = open(folder.resolve("log"))) {
            for (int i = 0; i < size; i++) {
                before.add(log.append(entry(i)));
            }
            checkpoint = log.checkpoint();
            assertEquals(size, log.copy(copy).size());
            log.append(entry(size));
        }
        VerifierKey key =
                VerifierKey.parse(Files.readString(copy.resolve("key.pub")).strip());
        assertEquals(size, new Fsck(copy, key).check().size());
        try (GroupCommitLog log = open(copy)) {
            assertEquals(size, log.size());
            assertEquals(checkpoint, log.checkpoint());
            for (int i = 0; i < size; i += 97) {
                assertArrayEquals(entry(i), log.entry(i));
                TlogProof.parse(before.get(i).proof()).verify(entry(i), key, List.of());
            }
            Appended next = log.append(entry(7));
            assertEquals(size, next.index());
            TlogProof.parse(next.proof()).verify(entry(7), key, List.of());
        }
        try (GroupCommitLog log = open(copy)) {
            assertEquals(size + 1, log.size());
            assertArrayEquals(entry(7), log.entry(size));
        }
        assertEquals(size + 1, new Fsck(copy, key).check().size());
    }

    @Test
    void aCopyThatIsMadeWhileEntriesComeIsALogOfItsOwn() throws Exception {
        try (GroupCommitLog log = open(folder.resolve("log"))) {
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> writers = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                writers.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; !stop.get(); i++) {
                        log.append(entry(i));
                    }
                }));
            }
            long last = -1;
            for (int n = 0; n < 8; n++) {
                Path copy = folder.resolve("copy" + n);
                long size = log.copy(copy).size();
                assertTrue(size >= last);
                last = size;
                VerifierKey key = VerifierKey.parse(log.verifierKey());
                assertEquals(size, new Fsck(copy, key).check().size());
                try (GroupCommitLog copied = open(copy)) {
                    assertEquals(size, copied.size());
                }
            }
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
            assertTrue(last > 0);
        }
    }
}
