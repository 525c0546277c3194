package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.candor.proof.Json;
import org.candor.proof.SignedNote;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackSignTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, byte[]> files = new TreeMap<>();
    private VerifierKey key;

    @BeforeEach
    void makeKeyAndPack() throws Exception {
        assertEquals(0, run("pack-key", "packs.example.org", "packs.key"));
        key = VerifierKey.parse(said());
        Map<String, Object> listed = new TreeMap<>();
        for (String name : List.of("config.json", "model.safetensors")) {
            byte[] content = ("content of " + name).getBytes(StandardCharsets.UTF_8);
            files.put(name, content);
            listed.put(name, Map.of("sha256", sha256(content), "bytes", content.length));
        }
        files.put(
                "card.json",
                Json.write(Map.of("name", "tiny", "version", "1.0.0", "files", listed))
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private int run(String... arguments) {
        out.reset();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream());
        return Main.run(
                new Instance(folder, 1, folder), new Terminal(print, nowhere, 0, false, false), List.of(arguments));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    private Path unpacked() throws IOException {
        return unpacked("MODEL");
    }

    private Path unpacked(String inside) throws IOException {
        Path model = Files.createDirectories(folder.resolve("pack").resolve(inside));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(model.resolve(file.getKey()), file.getValue());
        }
        return model;
    }

    private Path jar() throws IOException {
        return jar("MODEL/");
    }

    private Path jar(String... inside) throws IOException {
        Path jar = folder.resolve("pack.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            zip.write("Manifest-Version: 1.0\n".getBytes(StandardCharsets.UTF_8));
            for (String place : inside) {
                for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    zip.putNextEntry(new ZipEntry(place + file.getKey()));
                    zip.write(file.getValue());
                }
            }
        }
        return jar;
    }

    private void assertSigned(String signature) throws Exception {
        assertSigned("model", signature);
    }

    private void assertSigned(String kind, String signature) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            lines.append(sha256(file.getValue()))
                    .append("  ")
                    .append(file.getKey())
                    .append('\n');
        }
        String digest = "sha256:" + sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
        assertEquals("tiny 1.0.0 " + digest + " is signed by packs.example.org", said());
        SignedNote note = SignedNote.parse(signature);
        assertEquals("candor.org/" + kind + "-pack/v1\ntiny 1.0.0\n" + digest + "\n", note.text());
        assertEquals(List.of(key), note.verify(List.of(key)));
    }

    @Test
    void aFolderIsSigned() throws Exception {
        Path model = unpacked();
        assertEquals(0, run("pack-sign", "pack", "--key", "packs.key"));
        assertSigned(Files.readString(model.resolve("card.sig")));
        assertEquals(0, run("pack-sign", "pack/MODEL", "--key", "packs.key"), "again, from within");
    }

    @Test
    void aJarIsSignedAndKeepsWhatItHolds() throws Exception {
        Path jar = jar();
        assertEquals(0, run("pack-sign", "pack.jar", "--key", "packs.key"));
        assertEquals(0, run("pack-sign", "pack.jar", "--key", "packs.key"), "a signature takes the place of another");
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            assertEquals(
                    "META-INF/MANIFEST.MF",
                    zip.stream().findFirst().orElseThrow().getName());
            assertEquals(files.size() + 2, zip.size());
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = zip.getEntry("MODEL/" + file.getKey());
                assertEquals(
                        new String(file.getValue(), StandardCharsets.UTF_8),
                        new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
            assertSigned(new String(
                    zip.getInputStream(zip.getEntry("MODEL/card.sig")).readAllBytes(), StandardCharsets.UTF_8));
        }
        try (var left = Files.list(folder)) {
            assertEquals(
                    0,
                    left.filter(file -> file.getFileName().toString().startsWith("."))
                            .count());
        }
    }

    @Test
    void aPolicyPackIsSignedInAJarInItsFolderAndFromWithin() throws Exception {
        makePolicyPack();
        Path jar = jar("POLICY/");
        assertEquals(0, run("pack-sign", "pack.jar", "--key", "packs.key"));
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            assertSigned(
                    "policy",
                    new String(
                            zip.getInputStream(zip.getEntry("POLICY/card.sig")).readAllBytes(),
                            StandardCharsets.UTF_8));
        }
        Path policy = unpacked("POLICY");
        for (String place : List.of("pack", "pack/POLICY")) {
            Files.deleteIfExists(policy.resolve("card.sig"));
            assertEquals(0, run("pack-sign", place, "--key", "packs.key"));
            assertSigned("policy", Files.readString(policy.resolve("card.sig")));
        }
    }

    private void makePolicyPack() throws Exception {
        files.clear();
        Map<String, Object> listed = new TreeMap<>();
        for (String name : List.of("rules.cedar", "tests.json")) {
            byte[] content = ("content of " + name).getBytes(StandardCharsets.UTF_8);
            files.put(name, content);
            listed.put(name, Map.of("sha256", sha256(content)));
        }
        files.put(
                "card.json",
                Json.write(Map.of("name", "tiny", "version", "1.0.0", "files", listed))
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsNoPackOrTwoInOneIsNotSigned() throws Exception {
        jar("MODEL/", "POLICY/");
        assertTrue(refusal("pack-sign", "pack.jar", "--key", "packs.key").contains("both MODEL and POLICY"));
        jar("STUFF/");
        assertTrue(refusal("pack-sign", "pack.jar", "--key", "packs.key").contains("neither MODEL/ nor POLICY/"));
        unpacked("MODEL");
        unpacked("POLICY");
        assertTrue(refusal("pack-sign", "pack", "--key", "packs.key").contains("both MODEL and POLICY"));
    }

    @Test
    void aFolderInAPackIsNotSigned() throws Exception {
        Files.createDirectory(unpacked().resolve("more"));
        assertTrue(refusal("pack-sign", "pack", "--key", "packs.key").contains("does not list more/: "));
        jar("MODEL/", "MODEL/more/");
        assertTrue(refusal("pack-sign", "pack.jar", "--key", "packs.key").contains("does not list more/"));
    }

    @Test
    void aPackThatIsNotAsItsCardSaysIsNotSigned() throws Exception {
        files.put("model.safetensors", new byte[] {1});
        Path model = unpacked();
        assertTrue(refusal("pack-sign", "pack", "--key", "packs.key").contains("model.safetensors has SHA-256"));
        Files.delete(model.resolve("model.safetensors"));
        assertTrue(refusal("pack-sign", "pack", "--key", "packs.key").contains("it has no model.safetensors"));
        files.put("model.safetensors", "content of model.safetensors".getBytes(StandardCharsets.UTF_8));
        files.put("extra.bin", new byte[1]);
        unpacked();
        assertTrue(refusal("pack-sign", "pack", "--key", "packs.key")
                .contains("does not list extra.bin: neither digest nor signature would cover it"));
        assertFalse(Files.exists(model.resolve("card.sig")));
    }

    @Test
    void keysArePrivateAndNeverOverwritten() throws Exception {
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("packs.key"))));
        String secret = Files.readString(folder.resolve("packs.key"));
        assertTrue(refusal("pack-key", "packs.example.org", "packs.key").contains("never overwritten"));
        assertEquals(secret, Files.readString(folder.resolve("packs.key")));
        assertTrue(refusal("pack-key", "two words", "other.key").contains("white space"));
        Files.writeString(folder.resolve("bad.key"), "nonsense");
        unpacked();
        assertTrue(refusal("pack-sign", "pack", "--key", "bad.key").contains("bad.key"));
        assertTrue(refusal("pack-sign", "pack").contains("a pack and a key"));
    }

    private String refusal(String... arguments) {
        return assertThrows(Failure.class, () -> run(arguments)).getMessage();
    }
}
