package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server's disk is full for a while. The disk is one in memory, so that filling it hurts nobody else; only root can mount
 * it.
 */
class FullDiskIT {

    private static final String QUESTION = "{\"question\": \"What does withdrawal of consent reach?\"}";
    private static final int ROUNDS = 8;
    /** What a disk of ours is called in the table of mounts; behind it comes the process that mounted it. */
    private static final String DISK = "candor-full-disk-";

    private static final Path MOUNTS = Path.of("/proc/self/mounts");

    private Path disk;
    private Server server;
    private boolean mounted;

    /** What was said to be done. */
    private final List<String> proven = new ArrayList<>();

    private final Set<String> documents = new TreeSet<>();
    private final Set<String> consents = new TreeSet<>();
    private final Set<String> keys = new TreeSet<>();
    private final List<String> wrong = new ArrayList<>();
    private int refused;
    private int number;

    @BeforeEach
    void mount(@TempDir Path folder) throws IOException, InterruptedException {
        removeWhatWasLeftBehind();
        disk = Files.createDirectory(folder.resolve("disk"));
        String name = DISK + ProcessHandle.current().pid();
        String said = run("mount", "-t", "tmpfs", "-o", "size=2g,mode=700", name, disk.toString());
        assumeTrue(said.isEmpty(), "no disk in memory: " + said);
        mounted = true;
        server = new Server(disk.resolve("home"));
        server.start();
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            try {
                server.close();
            } finally {
                // Lazily: a server that did not end must not keep the disk for those who come after.
                assertEquals("", run("umount", "--lazy", disk.toString()));
            }
        }
    }

    /** A run that was killed could not clean up: its server may still run, on a disk that nobody needs any more. */
    private static void removeWhatWasLeftBehind() throws IOException, InterruptedException {
        if (!Files.isReadable(MOUNTS)) {
            return;
        }
        for (String line : Files.readAllLines(MOUNTS)) {
            String[] mount = line.split(" ");
            if (!mount[0].startsWith(DISK) || isAlive(mount[0].substring(DISK.length()))) {
                continue;
            }
            Path abandoned = Path.of(mount[1]);
            Path pid = abandoned.resolve("home/candor.pid");
            if (Files.isReadable(pid)) {
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(abandoned.toString()))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
            assertEquals("", run("umount", "--lazy", abandoned.toString()));
        }
    }

    private static boolean isAlive(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    /** What a command says when it fails; empty when it does not. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        return process.waitFor() == 0 ? "" : "exit " + process.exitValue() + " " + said;
    }

    private void fill() throws IOException {
        byte[] some = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(disk.resolve("ballast"))) {
            while (true) {
                out.write(some);
            }
        } catch (IOException e) {
            assertEquals(0, disk.toFile().getUsableSpace(), e.toString());
        }
    }

    /** Whether it was done. What is not has to be a clear 503. */
    private Map<String, Object> done(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = server.http(method, path, body);
        if (response.statusCode() < 300) {
            return Server.json(response.body());
        }
        boolean clear = response.statusCode() == 503
                && response.headers().firstValue("Retry-After").isPresent()
                && Server.json(response.body()).get("error") instanceof Map<?, ?> error
                && !"internal".equals(error.get("code"));
        if (clear) {
            refused++;
        } else {
            wrong.add(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return null;
    }

    /** Asks for one thing of each kind, and notes what was done. */
    private void everything() throws IOException, InterruptedException {
        number++;
        Map<String, Object> answer = done("POST", "/v1/answers", QUESTION);
        if (answer != null) {
            proven.add((String) answer.get("id"));
        }
        String document = "disk-" + number + ".md";
        if (done(
                        "POST",
                        "/v1/documents",
                        "{\"document\": \"" + document + "\", \"content\": \"" + "A full disk. ".repeat(2_000) + "\"}")
                != null) {
            documents.add(document);
        }
        String subject = "subject-" + number;
        if (done("POST", "/admin/consent/grant", "{\"subject\": \"" + subject + "\"}") != null) {
            consents.add(subject);
        }
        String key = "key-" + number;
        if (done("POST", "/admin/keys", "{\"name\": \"" + key + "\", \"roles\": [\"viewer\"]}") != null) {
            keys.add(key);
        }
    }

    private void nothingIsLost() throws IOException, InterruptedException {
        for (String id : proven) {
            HttpResponse<String> proof = server.http("GET", "/v1/proofs/" + id, null);
            assertEquals(200, proof.statusCode(), proof.body());
        }
        assertTrue(named("/v1/documents", "document").containsAll(documents), documents.toString());
        assertTrue(named("/admin/consent", "subject").containsAll(consents), consents.toString());
        assertTrue(named("/admin/keys", "name").containsAll(keys), keys.toString());
    }

    private Set<Object> named(String path, String member) throws IOException, InterruptedException {
        HttpResponse<String> response = server.http("GET", path, null);
        assertEquals(200, response.statusCode(), response.body());
        Set<Object> names = new HashSet<>();
        Map<String, Object> json = Server.json(response.body());
        for (Object each : (List<?>) json.getOrDefault("data", json.get("subjects"))) {
            names.add(each instanceof Map<?, ?> object ? object.get(member) : each);
        }
        return names;
    }

    /** What has come back, by itself and for every kind of work. */
    private void awaitRecovery() throws IOException, InterruptedException {
        for (int i = 0; i < 120; i++) {
            int before = refused;
            everything();
            if (refused == before) {
                return;
            }
            Thread.sleep(500);
        }
        throw new AssertionError("still refused a minute after there was room again");
    }

    @Test
    void aFullDiskIsAClearRefusalAndNothingIsLost() throws Exception {
        everything();
        assertEquals(List.of(), wrong);
        assertEquals(0, refused);
        fill();
        for (int i = 0; i < ROUNDS; i++) {
            everything();
        }
        assertEquals(List.of(), wrong, () -> "while the disk is full; the log: " + server.failures());
        assertTrue(refused >= ROUNDS, "only " + refused + " refusals: was the disk full?");
        assertEquals(200, server.http("GET", "/health/live", null).statusCode());
        Files.delete(disk.resolve("ballast"));
        awaitRecovery();
        assertEquals(List.of(), wrong, () -> "when there was room again; the log: " + server.failures());
        nothingIsLost();
        server.stop();
        server.start();
        everything();
        assertEquals(List.of(), wrong, "after a restart");
        nothingIsLost();
    }
}
