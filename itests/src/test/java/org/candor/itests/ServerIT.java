package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.candor.itests.Server.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as a process: how it starts, what it opens, who may enter. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerIT {

    private Server server;
    private Result started;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        // A space in the path: Karaf's scripts and ours have to bear it.
        server = new Server(folder.resolve("a home"));
        started = server.candor("start");
        assertEquals(0, started.exitCode(), started.err());
        addUsers();
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    @Test
    void statusTellsPortPidAndTheLogsKey() throws IOException, InterruptedException {
        Result result = server.candor("status", "--json");
        assertEquals(0, result.exitCode(), result.err());
        Map<String, Object> status = result.json();
        assertEquals(true, status.get("ready"));
        assertEquals((long) server.port(), status.get("port"));
        assertEquals(server.process().pid(), status.get("pid"));
        Map<?, ?> log = (Map<?, ?>) status.get("log");
        assertTrue(log.get("key").toString().startsWith(log.get("origin") + "+"), log.toString());
        assertEquals(Files.readString(server.home().resolve("log/key.pub")).strip(), log.get("key"));
    }

    @Test
    void theFirstPasswordIsShownOnceAndKeptNowhere() throws IOException, InterruptedException {
        assertTrue(started.err().contains("admin password"), started.err());
        assertFalse(Files.exists(server.home().resolve("admin.password.once")));
        assertFalse(server.candor("start").err().contains("admin password"));
    }

    @Test
    void aSecondStartFindsItRunning() throws IOException, InterruptedException {
        long pid = server.process().pid();
        Result result = server.candor("start");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.err().contains("already running"), result.err());
        assertEquals(pid, server.process().pid());
    }

    @Test
    void everySocketListensOnLoopbackOnly() throws IOException {
        Set<String> listening = Listening.addresses(server.process().pid());
        assertTrue(listening.size() >= 2, listening.toString());
        assertTrue(listening.contains("127.0.0.1:" + server.port()), listening.toString());
        assertTrue(listening.contains("127.0.0.1:" + server.sshPort()), listening.toString());
        assertTrue(listening.stream().allMatch(address -> address.startsWith("127.0.0.1:")), listening.toString());
        // HTTP, SSH and Karaf's local shut-down port; no RMI, no debugger.
        assertEquals(3, listening.size(), listening.toString());
    }

    @Test
    void stateIsPrivateToItsOwner() throws IOException {
        for (String name : List.of("", "cli.key", "etc/users.properties")) {
            String permissions = PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(server.home().resolve(name)));
            assertTrue(permissions.endsWith("------"), name + " " + permissions);
        }
    }

    @Test
    void noUserExistsUntilTheOperatorMakesOne() throws IOException {
        Set<String> users = new HashSet<>();
        try (Stream<String> lines = Files.lines(Server.assembly().resolve("etc/users.properties"))) {
            lines.filter(line -> !line.startsWith("#") && !line.isBlank() && !line.startsWith("_g_"))
                    .forEach(users::add);
        }
        assertEquals(Set.of(), users);
        assertFalse(Shell.canLogIn(server, "karaf", "karaf"));
        assertFalse(Shell.canLogIn(server, "admin", "admin"));
    }

    @Test
    void theShellKnowsWhoAsksAndWhatTheyMay() throws IOException {
        assertTrue(Shell.run(server, "operator-anna", "correct horse battery", "jaas:whoami")
                .contains("operator-anna"));
        assertTrue(Shell.run(server, "viewer-ben", "staple lamp window", "jaas:whoami")
                .contains("viewer-ben"));
        assertTrue(Shell.run(server, "operator-anna", "correct horse battery", "bundle:list")
                .contains("Candor :: gateway"));
        String refused = Shell.run(server, "viewer-ben", "staple lamp window", "bundle:stop org.candor.gateway");
        assertTrue(refused.contains("not found") || refused.contains("Insufficient"), refused);
        assertFalse(Shell.canLogIn(server, "operator-anna", "wrong"));
        String stored = Files.readString(server.home().resolve("etc/users.properties"));
        assertFalse(stored.contains("correct horse battery"), "the password is stored as it is");
        assertTrue(stored.contains("operator-anna = {CRYPT}210000."), stored);
    }

    @Test
    void everyBundleIsActiveAndNothingWentWrongInTheLog() throws IOException {
        String bundles = Shell.run(server, "viewer-ben", "staple lamp window", "bundle:list -t 0 -s");
        List<String> ours =
                bundles.lines().filter(line -> line.contains("org.candor.")).toList();
        assertTrue(ours.size() >= 13, bundles);
        assertEquals(
                List.of(),
                ours.stream().filter(line -> !line.contains("Active")).toList());
        try (Stream<String> lines = Files.lines(server.home().resolve("logs/candor.log"))) {
            assertEquals(
                    List.of(), lines.filter(line -> line.contains(" ERROR ")).toList());
        }
    }

    @Test
    void wrongArgumentsEndWithTwoAndAReason() throws IOException, InterruptedException {
        for (String[] arguments : new String[][] {
            {},
            {"fly"},
            {"start", "now"},
            {"status", "--xml"},
            {"ask"},
            {"ask", " "},
            {"ask", "--lang", "fr", "q"},
            {"ask", "--lang"},
            {"ask", "--library", "/nowhere/at/all", "q"},
            {"ask", "--loud", "q"},
            {"ask", "two", "questions"},
            {"verify"},
            {"fuzz"},
            {"fuzz", "no-such-parser"},
            {"fuzz", "gguf", "--minutes", "soon"},
            {"fuzz", "gguf", "--input", "/nowhere/at/all"}
        }) {
            Result result = server.candor(arguments);
            assertEquals(2, result.exitCode(), String.join(" ", arguments) + "\n" + result.err());
            assertEquals("", result.out());
            assertNotEquals("", result.err());
        }
    }

    @Test
    void theParsersThatAreFuzzedAreListed() throws IOException, InterruptedException {
        String listed = server.candor("fuzz").err();
        for (String parser : List.of(
                "safetensors",
                "gguf",
                "tokenizer",
                "chat-template",
                "json-schema",
                "request-body",
                "policy",
                "document")) {
            assertTrue(listed.contains(" " + parser + " "), parser + " in " + listed);
        }
    }

    /**
     * As an operator would, in one edit; returns when the server has replaced the passwords by their hashes. Karaf rewrites
     * the whole file then: another edit in that moment would be lost.
     */
    private void addUsers() throws IOException, InterruptedException {
        Path users = server.home().resolve("etc/users.properties");
        Files.writeString(users, """

                operator-anna = correct horse battery,_g_:operators
                viewer-ben = staple lamp window,viewer,ssh
                """, StandardOpenOption.APPEND);
        for (int i = 0; i < 300 && Files.readString(users).contains("lamp"); i++) {
            Thread.sleep(100);
        }
    }
}
