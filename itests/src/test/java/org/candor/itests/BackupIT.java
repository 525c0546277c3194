package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.candor.itests.Server.Result;
import org.candor.proof.AnswerVerifier;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state is backed up while questions run, lost, and restored. */
class BackupIT {

    private static final String QUESTION = "{\"question\": \"When was the lighthouse built?\"}";
    private static final String ABOUT_OTTERS = "{\"question\": \"Where do otters sleep?\"}";

    @TempDir
    Path folder;

    @Test
    void aLostHomeComesBackWithItsProofsConsentDocumentsAndKeys() throws Exception {
        Path library = Files.createDirectories(folder.resolve("library"));
        Files.writeString(
                library.resolve("lighthouse.md"), "The lighthouse was built in 1874 by the harbour company.\n");
        try (Server server = new Server(folder.resolve("home"))) {
            assertEquals(
                    0,
                    server.candor("ask", "--library", library.toString(), "When was the lighthouse built?")
                            .exitCode());
            assertEquals(
                    201,
                    server.http(
                                    "POST",
                                    "/v1/documents",
                                    "{\"document\": \"otters.md\", \"content\": \"Otters sleep on kelp"
                                            + " at night.\"}")
                            .statusCode());
            server.http("POST", "/admin/consent/withdraw", "{\"subject\": \"anna\", \"reason\": \"by letter\"}");
            Map<String, Object> old = answer(server, QUESTION);
            String origin = origin(server);
            String cliKey = Files.readString(server.home().resolve("cli.key"));

            Path archive = folder.resolve("a.backup");
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger answered = new AtomicInteger();
            Thread asking = Thread.ofVirtual().start(() -> {
                while (!stop.get()) {
                    try {
                        answered.addAndGet(
                                server.http("POST", "/v1/answers", QUESTION).statusCode() == 200 ? 1 : 1_000_000);
                    } catch (IOException | InterruptedException e) {
                        return;
                    }
                }
            });
            Result backup = server.candor("shell", "backup " + archive);
            stop.set(true);
            asking.join();
            assertEquals(0, backup.exitCode(), backup.err());
            assertTrue(answered.get() < 1_000_000, "a question failed while the backup was made");
            assertTrue(size(archive) < 8 << 20, "a backup of a small home has " + size(archive) + " bytes");

            server.stop();
            delete(server.home());
            Result restored = server.candor("restore", archive.toString());
            assertEquals(0, restored.exitCode(), restored.err());
            server.start();

            assertEquals(origin, origin(server));
            assertEquals(cliKey, Files.readString(server.home().resolve("cli.key")));
            assertVerifies(server, old);
            long size = logSize(server);
            assertVerifies(server, answer(server, QUESTION));
            assertTrue(logSize(server) > size, "the log goes on");
            assertTrue(
                    String.valueOf(answer(server, ABOUT_OTTERS).get("answer")).contains("kelp"));
            Map<String, Object> anna = Server.json(
                    server.http("GET", "/admin/consent?subject=anna", null).body());
            Map<?, ?> record = (Map<?, ?>) ((List<?>) anna.get("data")).getFirst();
            assertEquals("withdrawn", record.get("state"));
            assertEquals("by letter", record.get("reason"));
            assertEquals(0, server.candor("shell", "health").exitCode());
        }
    }

    @Test
    void aStagedBackupTakesThePlaceOfTheStateAtTheNextStartAndADamagedOneDoesNot() throws Exception {
        try (Server server = new Server(folder.resolve("home"))) {
            server.start();
            Path archive = folder.resolve("a.backup");
            assertEquals(0, server.candor("shell", "backup " + archive).exitCode());
            server.http("POST", "/admin/consent/withdraw", "{\"subject\": \"ben\"}");
            byte[] bytes = Files.readAllBytes(archive);
            Path damaged = Files.write(folder.resolve("damaged.backup"), Arrays.copyOf(bytes, bytes.length - 100));
            Result refused = server.candor("shell", "restore " + damaged);
            assertEquals(2, refused.exitCode(), refused.out());
            assertTrue(refused.err().contains("cut off"), refused.err());
            assertEquals(1, server.candor("restore", archive.toString()).exitCode(), "the server runs");
            assertEquals(0, server.candor("shell", "restore " + archive).exitCode());
            assertTrue(subjects(server).contains("ben"), "nothing changes before the next start");
            server.stop();
            server.start();
            assertFalse(subjects(server).contains("ben"));
            try (Stream<Path> replaced = Files.list(server.home().resolve("replaced"))) {
                Path before = replaced.findFirst().orElseThrow();
                assertTrue(Files.exists(before.resolve("consent/register.mv.db")), "the old state is kept");
            }
            assertEquals(1, server.candor("restore", damaged.toString()).exitCode());
        }
    }

    private static List<?> subjects(Server server) throws IOException, InterruptedException {
        return (List<?>)
                Server.json(server.http("GET", "/admin/consent", null).body()).get("subjects");
    }

    private static Map<String, Object> answer(Server server, String question) throws IOException, InterruptedException {
        Map<String, Object> answer =
                Server.json(server.http("POST", "/v1/answers", question).body());
        assertTrue(answer.get("answer") != null, answer.toString());
        return answer;
    }

    private static void assertVerifies(Server server, Map<String, Object> answer) throws Exception {
        String key = Files.readString(server.home().resolve("log/key.pub")).strip();
        new AnswerVerifier(VerifierKey.parse(key), List.of()).verify(answer);
    }

    private static Map<?, ?> log(Server server) throws IOException, InterruptedException {
        return (Map<?, ?>) server.candor("status", "--json").json().get("log");
    }

    private static String origin(Server server) throws IOException, InterruptedException {
        return (String) log(server).get("origin");
    }

    private static long logSize(Server server) throws IOException, InterruptedException {
        return (Long) log(server).get("size");
    }

    private static long size(Path file) throws IOException {
        return Files.size(file);
    }

    private static void delete(Path home) throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
