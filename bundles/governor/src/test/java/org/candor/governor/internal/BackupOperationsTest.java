package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.api.backup.StatePart;
import org.candor.api.operation.Backups;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.backup.BackupReader;
import org.candor.backup.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupOperationsTest {

    private final World world = new World();
    private final MemoryLog log = new MemoryLog("test.example/backup");
    private final List<String> order = new ArrayList<>();

    @TempDir
    Path folder;

    private Path home;
    private BackupOperations backups;

    @BeforeEach
    void open() throws IOException {
        home = Files.createDirectories(folder.resolve("home"));
        for (String file : List.of(
                "access.json",
                "etc/org.candor.policy.cfg",
                "models/activations.jsonl",
                "models/store/weights",
                "deploy/pack.jar",
                "deploy/models/hf/model.safetensors",
                "logs/candor.log",
                "runtime/bin/karaf",
                "karaf/cache/bundle",
                "consent/register.mv.db",
                "log/lock",
                "candor.pid",
                ".access.json.new")) {
            Files.createDirectories(home.resolve(file).getParent());
            Files.writeString(home.resolve(file), "content of " + file);
        }
        GovernedPath path = world.path();
        path.log = log;
        backups = new BackupOperations(path, home.toString(), "1.0.0");
        backups.bindPart(new Part("log", "log", true));
        backups.bindPart(new Part("consent", "consent", false));
        backups.bindPart(new Part("keys", "consent", false));
        backups.bindPart(new Part("library", "index", false));
    }

    private final class Part implements StatePart {
        private final String name;
        private final String folder;
        private final boolean last;
        private IOException failure;

        Part(String name, String folder, boolean last) {
            this.name = name;
            this.folder = folder;
            this.last = last;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String folder() {
            return folder;
        }

        @Override
        public boolean last() {
            return last;
        }

        @Override
        public void copy(Path to) throws IOException {
            if (failure != null) {
                throw failure;
            }
            order.add(name);
            Path own = Files.createDirectories(to.resolve(folder));
            Files.writeString(own.resolve(name + ".copy"), "copy");
            if (name.equals("log")) {
                assertTrue(Files.exists(to.resolve("access.json")), "the log is copied after everything else");
                Files.writeString(own.resolve("checkpoint"), log.checkpoint());
            }
        }
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aBackupHoldsTheOwnersCopiesAndTheOtherFilesAndIsLoggedBeforeAndAfter() throws IOException {
        Backups.Backup backup = backups.backUp(World.ASKER, folder.resolve("a.backup"));
        assertEquals(List.of("consent", "keys", "library", "log"), order);
        assertEquals(2, log.size());
        assertEquals(1, backup.logSize(), "the begin of the backup is in its copy of the log");
        assertEquals("admin.backup.create", backup.evidence().leaf().get("operation"));
        try (BackupReader reader = new BackupReader(backup.file())) {
            reader.verify();
            assertEquals(
                    new TreeSet<>(List.of(
                            "access.json",
                            "etc/org.candor.policy.cfg",
                            "models/activations.jsonl",
                            "deploy/pack.jar",
                            "consent/consent.copy",
                            "consent/keys.copy",
                            "index/library.copy",
                            "log/log.copy",
                            "log/checkpoint")),
                    reader.contents().files().stream()
                            .map(Manifest.FileEntry::path)
                            .collect(Collectors.toCollection(TreeSet::new)));
            assertEquals("test.example/backup", reader.contents().log().origin());
            assertEquals(
                    List.of("consent", "keys", "library", "log", "files"),
                    reader.contents().parts());
        }
        assertEquals(List.of("a.backup", "home"), left());
    }

    @Test
    void aFolderGetsAFileNamedByTheTime() {
        Path file = backups.backUp(World.ASKER, folder).file();
        assertTrue(file.getFileName().toString().matches("candor-\\d{8}-\\d{6}\\.backup"), file.toString());
    }

    @Test
    void aBackupThatFailsLeavesNothingAndSaysSoInTheLog() throws IOException {
        Part failing = new Part("extra", "extra", false);
        failing.failure = new IOException("the disk is full");
        backups.bindPart(failing);
        OperationException e =
                assertThrows(OperationException.class, () -> backups.backUp(World.ASKER, folder.resolve("a.backup")));
        assertEquals("storage-failed", e.code());
        assertTrue(e.getMessage().contains("the disk is full"), e.getMessage());
        assertEquals(List.of("home"), left());
        assertEquals(2, log.size());
        assertTrue(new String(log.entry(1)).contains("admin.backup.create/failed"));
        backups.unbindPart(failing);
        backups.backUp(World.ASKER, folder.resolve("a.backup"));
    }

    @Test
    void aBackupNeedsEveryOwnerAndAPlaceOutsideTheHome() {
        Part consent = new Part("consent", "consent", false);
        assertWrong("to", "own folder", () -> backups.backUp(World.ASKER, home.resolve("deploy/a.backup")));
        assertWrong("to", "no folder", () -> backups.backUp(World.ASKER, folder.resolve("none/a.backup")));
        assertWrong("to", "absolute", () -> backups.backUp(World.ASKER, Path.of("a.backup")));
        backups.backUp(World.ASKER, folder.resolve("a.backup"));
        assertWrong("to", "exists already", () -> backups.backUp(World.ASKER, folder.resolve("a.backup")));
        BackupOperations lacking = new BackupOperations(world.path(), home.toString(), "1.0.0");
        lacking.bindPart(consent);
        assertEquals(
                "keys-missing",
                assertThrows(OperationException.class, () -> lacking.backUp(World.ASKER, folder.resolve("b.backup")))
                        .code());
    }

    private static void assertWrong(String parameter, String reason, org.junit.jupiter.api.function.Executable call) {
        OperationException e = assertThrows(OperationException.class, call);
        assertEquals(Kind.INVALID, e.kind());
        assertEquals(parameter, e.parameter());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void onlyAWholeBackupIsStaged() throws IOException {
        Path archive = backups.backUp(World.ASKER, folder.resolve("a.backup")).file();
        Backups.Staged staged = backups.stageRestore(World.ASKER, archive);
        assertEquals(1, staged.logSize());
        assertEquals(4, log.size());
        Path ready = home.resolve("restore/staged");
        assertEquals(Files.size(archive), Files.size(ready));
        byte[] bytes = Files.readAllBytes(archive);
        Path damaged = Files.write(folder.resolve("damaged.backup"), Arrays.copyOf(bytes, bytes.length - 100));
        assertWrong("file", "cannot be restored", () -> backups.stageRestore(World.ASKER, damaged));
        assertWrong("file", "cannot be restored", () -> backups.stageRestore(World.ASKER, folder.resolve("none")));
        assertEquals(Files.size(archive), Files.size(ready), "what was staged before stays");
        assertFalse(Files.exists(home.resolve("restore/.staged.new")));
    }

    @Test
    void whoMayNotLearnsAndChangesNothing() throws Exception {
        world.policy.permits = false;
        assertEquals(
                Kind.DENIED,
                assertThrows(OperationException.class, () -> backups.backUp(World.ASKER, folder))
                        .kind());
        assertEquals("admin.backup.create", world.policy.last.operation());
        assertThrows(OperationException.class, () -> backups.stageRestore(World.ASKER, folder));
        assertEquals("admin.backup.restore", world.policy.last.operation());
        assertEquals(List.of("home"), left());
        assertEquals(2, log.size());
    }
}
