package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.candor.backup.BackupWriter;
import org.candor.backup.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreTest {

    @TempDir
    Path folder;

    private Path home;
    private Path archive;

    @BeforeEach
    void backUp() throws IOException {
        home = Files.createDirectories(folder.resolve("home"));
        Path source = folder.resolve("source");
        write(source.resolve("log/checkpoint"), "42 entries");
        write(source.resolve("models/activations.jsonl"), "{}");
        write(source.resolve("access.json"), "old keys");
        archive = folder.resolve("a.backup");
        try (BackupWriter writer = new BackupWriter(archive)) {
            writer.addAll(source);
            writer.finish(Instant.EPOCH, "1.0.0", List.of("log"), new Manifest.Log("o", 42, "c"));
        }
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private int restore(String... arguments) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Restore(new Instance(home, 1, folder), new Terminal(nowhere, nowhere, 0, false, false))
                .run(List.of(arguments));
    }

    private Path replaced() throws IOException {
        try (Stream<Path> all = Files.list(home.resolve("replaced"))) {
            return all.findFirst().orElseThrow();
        }
    }

    @Test
    void anEmptyHomeBecomesTheBackup() throws IOException {
        assertEquals(0, restore("a.backup"));
        assertEquals("42 entries", Files.readString(home.resolve("log/checkpoint")));
        assertEquals("old keys", Files.readString(home.resolve("access.json")));
        assertFalse(Files.exists(home.resolve("replaced")));
        try (Stream<Path> left = Files.list(home.resolve("restore"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void theStateBeforeIsMovedAsideWholeAndTheWeightStoreStays() throws IOException {
        write(home.resolve("log/checkpoint"), "50 entries");
        write(home.resolve("access.json"), "new keys");
        write(home.resolve("later"), "not in the backup");
        write(home.resolve("models/store/abc"), "weights");
        write(home.resolve("models/activations.jsonl"), "later");
        write(home.resolve("logs/candor.log"), "log");
        write(home.resolve("karaf/cache"), "cache");
        assertEquals(0, restore(archive.toString()));
        assertEquals("42 entries", Files.readString(home.resolve("log/checkpoint")));
        assertEquals("old keys", Files.readString(home.resolve("access.json")));
        assertEquals("{}", Files.readString(home.resolve("models/activations.jsonl")));
        assertEquals("weights", Files.readString(home.resolve("models/store/abc")));
        assertEquals("log", Files.readString(home.resolve("logs/candor.log")));
        assertFalse(Files.exists(home.resolve("later")));
        assertFalse(Files.exists(home.resolve("karaf")));
        assertEquals("50 entries", Files.readString(replaced().resolve("log/checkpoint")));
        assertEquals("not in the backup", Files.readString(replaced().resolve("later")));
        assertFalse(Files.exists(replaced().resolve("karaf")));
    }

    @Test
    void aDamagedBackupChangesNothing() throws IOException {
        write(home.resolve("access.json"), "new keys");
        byte[] bytes = Files.readAllBytes(archive);
        Files.write(archive, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Failure failure = assertThrows(Failure.class, () -> restore("a.backup"));
        assertTrue(failure.getMessage().contains("is no backup"), failure.getMessage());
        assertEquals("new keys", Files.readString(home.resolve("access.json")));
        assertFalse(Files.exists(home.resolve("replaced")));
    }

    @Test
    void anInterruptedRestoreGoesOnWhereItWas() throws IOException {
        write(home.resolve("restore/ready/log/checkpoint"), "42 entries");
        write(home.resolve("restore/ready/models/activations.jsonl"), "{}");
        Files.copy(archive, home.resolve("restore/staged"));
        // Before the interruption: access.json was put in place, the rest of the old state was moved aside.
        write(home.resolve("access.json"), "old keys");
        write(home.resolve("replaced/20261125-000000/access.json"), "new keys");
        write(home.resolve("replaced/20261125-000000/models/store/abc"), "weights");
        assertEquals(0, restore("--staged"));
        assertEquals("old keys", Files.readString(home.resolve("access.json")));
        assertEquals("42 entries", Files.readString(home.resolve("log/checkpoint")));
        assertEquals("weights", Files.readString(home.resolve("models/store/abc")));
        assertEquals("new keys", Files.readString(replaced().resolve("access.json")));
    }

    @Test
    void restoreTakesOneFile() {
        assertEquals(2, assertThrows(Failure.class, () -> restore()).exitCode());
        assertEquals(2, assertThrows(Failure.class, () -> restore("a", "b")).exitCode());
    }
}
