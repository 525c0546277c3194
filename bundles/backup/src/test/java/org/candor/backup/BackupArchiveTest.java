package org.candor.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackupArchiveTest {

    private static final Manifest.Log LOG = new Manifest.Log("candor.local/x", 42, "candor.local/x\n42\n");
    private static final Instant CREATED = Instant.parse("2026-11-25T12:00:00Z");

    @TempDir
    Path folder;

    private Path backup() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.createDirectories(home.resolve("log/tile"));
        Files.writeString(home.resolve("log/key"), "secret");
        Files.write(home.resolve("log/tile/000"), new byte[100_000]);
        Files.writeString(home.resolve("文档.md"), "内容");
        Files.createSymbolicLink(home.resolve("link"), Path.of("/etc/passwd"));
        Path archive = folder.resolve("backup.zip");
        try (BackupWriter writer = new BackupWriter(archive)) {
            writer.addAll(home);
            assertEquals(3, writer.count());
            assertFalse(Files.exists(archive), "an archive has its name before it is whole");
            assertEquals(
                    BackupWriter.digest(folder.resolve(".backup.zip.draft")).length(), 71);
            writer.finish(CREATED, "1.0.0", List.of("files", "log"), LOG);
        }
        return archive;
    }

    private static TreeMap<String, String> contents(Path home) throws IOException {
        TreeMap<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.filter(p -> Files.isRegularFile(p) && !Files.isSymbolicLink(p))
                    .toList()) {
                files.put(home.relativize(path).toString(), Files.readString(path));
            }
        }
        return files;
    }

    @Test
    void whatIsUnpackedIsWhatWasBackedUpAndBelongsToItsOwner() throws IOException {
        Path archive = backup();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)));
        Path restored = Files.createDirectories(folder.resolve("restored"));
        try (BackupReader reader = new BackupReader(archive)) {
            assertEquals(LOG, reader.contents().log());
            assertEquals(CREATED, reader.contents().created());
            assertEquals("1.0.0", reader.contents().version());
            assertEquals(List.of("files", "log"), reader.contents().parts());
            reader.verify();
            reader.unpack(restored);
        }
        assertEquals(contents(folder.resolve("home")), contents(restored));
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(restored.resolve("log/tile"))));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(restored.resolve("log/key"))));
        assertThrows(FileAlreadyExistsException.class, () -> new BackupWriter(archive));
        try (Stream<Path> left = Files.list(folder)) {
            assertTrue(left.noneMatch(path -> path.toString().endsWith(".draft")));
        }
    }

    @Test
    void anUnfinishedArchiveLeavesNothing() throws IOException {
        Path source = Files.writeString(folder.resolve("a"), "a");
        try (BackupWriter writer = new BackupWriter(folder.resolve("b.zip"))) {
            writer.add("a", source);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(source), left.toList());
        }
    }

    @Test
    void aCutOrFlippedArchiveIsRefused() throws IOException {
        Path archive = backup();
        byte[] whole = Files.readAllBytes(archive);
        int refused = 0;
        for (int cut = 1; cut < whole.length; cut += 37) {
            assertRefused(Arrays.copyOf(whole, whole.length - cut));
            refused++;
        }
        assertTrue(refused > 10);
        // The bytes of the files themselves; names and times in the zip's own headers are not what a restore relies on.
        int at = new String(whole, StandardCharsets.ISO_8859_1).indexOf("home/log/key") + "home/log/key".length();
        for (int i = at; i < at + 6; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 1;
            assertRefused(flipped);
        }
    }

    private void assertRefused(byte[] archive) throws IOException {
        Path mangled = Files.write(folder.resolve("mangled.zip"), archive);
        assertThrows(IOException.class, () -> {
            try (BackupReader reader = new BackupReader(mangled)) {
                reader.verify();
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "home/../evil | ../evil | 1 | names the path",
                "home//evil | /evil | 1 | names the path",
                "home/a | a | 2 | format 2",
                "home/a | b | 1 | does not list",
                "home/b | a | 1 | does not list",
                "other | a | 1 | does not list"
            })
    void aManifestThatLiesIsRefused(String packed, String listed, int format, String reason) throws IOException {
        Path archive = folder.resolve("lying.zip");
        try (OutputStream out = Files.newOutputStream(archive);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(packed));
            zip.closeEntry();
            zip.putNextEntry(new ZipEntry("candor-backup.json"));
            String empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
            zip.write(("{\"v\":" + format + ",\"created\":\"2026-11-25T12:00:00Z\",\"version\":\"1\",\"parts\":[],"
                            + "\"log\":{\"origin\":\"o\",\"size\":0,\"checkpoint\":\"c\"},"
                            + "\"files\":[{\"path\":\"" + listed + "\",\"bytes\":0,\"sha256\":\"" + empty + "\"}]}")
                    .getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        Path home = Files.createDirectories(folder.resolve("into"));
        IOException refusal = assertThrows(IOException.class, () -> {
            try (BackupReader reader = new BackupReader(archive)) {
                reader.unpack(home);
            }
        });
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertFalse(Files.exists(folder.resolve("evil")));
    }

    @Test
    void aZipOfSomethingElseAndAFileThatIsNoneAreRefused() throws IOException {
        Path other = folder.resolve("other.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(other))) {
            zip.putNextEntry(new ZipEntry("x"));
            zip.closeEntry();
        }
        assertTrue(assertThrows(IOException.class, () -> new BackupReader(other))
                .getMessage()
                .contains("no backup of a Candor server"));
        Path text = Files.writeString(folder.resolve("text"), "no zip");
        assertTrue(assertThrows(IOException.class, () -> new BackupReader(text))
                .getMessage()
                .contains("is no backup"));
    }
}
