package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.candor.itests.Server.Result;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The shell's commands, over SSH with people's own roles, and through the launcher. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShellIT {

    private static final String QUESTION = "When was the lighthouse built?";

    private Server server;
    private Path library;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        library = Files.createDirectories(folder.resolve("library"));
        Files.writeString(
                library.resolve("lighthouse.md"), "The lighthouse was built in 1874 by the harbour company.\n");
        server = new Server(folder.resolve("home"));
        server.start();
        assertEquals(
                0,
                server.candor("ask", "--library", library.toString(), QUESTION).exitCode());
        Path users = server.home().resolve("etc/users.properties");
        Files.writeString(users, """

            viewer-ben = staple lamp window,viewer,ssh
            steward-cy = orange tram kettle,steward,ssh
            nobody-di = violet crane pocket,ssh
            admin-eve = copper ladder moon,admin,ssh
            """, StandardOpenOption.APPEND);
        for (int i = 0; i < 300 && Files.readString(users).contains("lamp"); i++) {
            Thread.sleep(100);
        }
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    private Shell.Output ben(String command) throws IOException {
        return Shell.execute(server, "viewer-ben", "staple lamp window", command);
    }

    private Shell.Output cy(String command) throws IOException {
        return Shell.execute(server, "steward-cy", "orange tram kettle", command);
    }

    private long logSize() throws IOException, InterruptedException {
        Map<?, ?> log = (Map<?, ?>) server.candor("status", "--json").json().get("log");
        return (Long) log.get("size");
    }

    @Test
    void theLauncherRunsACommandAndEndsAsItEnds() throws IOException, InterruptedException {
        Result status = server.candor("shell", "status");
        assertEquals(0, status.exitCode(), status.err());
        assertTrue(status.out().startsWith("ready\n"), status.out());
        Result answer = server.candor("shell", "ask '" + QUESTION + "'");
        assertEquals(0, answer.exitCode(), answer.err());
        assertTrue(answer.out().contains("1874") && answer.out().contains("[1] lighthouse.md"), answer.out());
        assertEquals(
                3,
                server.candor("shell", "ask 'Which enzyme unwinds the DNA double helix during replication?'")
                        .exitCode());
        Result wrong = server.candor("shell", "fly");
        assertEquals(2, wrong.exitCode());
        assertTrue(wrong.err().contains("no command \"fly\""), wrong.err());
        assertEquals(2, server.candor("shell", "models", "--json").exitCode());
    }

    @Test
    void nothingButCandorsCommandsIsReachedFromOutside() throws IOException, InterruptedException {
        for (String line :
                List.of("bundle:list", "shell:exec ls", "models; bundle:list", "models | cat", "$(bundle:list)")) {
            Result result = server.candor("shell", line);
            assertEquals(2, result.exitCode(), line + "\n" + result.out());
            assertEquals("", result.out());
        }
    }

    @Test
    void aPersonMayOverSshWhatTheirRolesMayOverHttp() throws IOException, InterruptedException {
        Shell.Output models = ben("candor:models");
        assertEquals(0, models.exit(), models.text());
        assertTrue(models.text().contains("encoder-en"), models.text());
        Shell.Output refused = ben("candor:consent-grant alice");
        assertEquals(1, refused.exit(), refused.text());
        assertTrue(refused.text().startsWith("candor: "), refused.text());
        assertEquals(
                0,
                cy("candor:consent-grant alice --purpose research --reason 'form 17'")
                        .exit());
        Shell.Output records = cy("candor:consent alice");
        assertTrue(records.text().contains("steward-cy") && records.text().contains("form 17"), records.text());
        assertEquals(1, cy("candor:backup /tmp").exit());
        Shell.Output none = Shell.execute(server, "nobody-di", "violet crane pocket", "candor:documents");
        assertEquals(1, none.exit(), none.text());
    }

    @Test
    void whatIsDoneInTheShellIsInTheLogAndSoIsARefusal() throws IOException, InterruptedException {
        long before = logSize();
        assertEquals(1, ben("candor:consent-erase somebody").exit());
        assertEquals(before + 1, logSize());
        assertEquals(0, cy("candor:consent-withdraw somebody").exit());
        assertEquals(before + 3, logSize(), "its begin and its end");
        assertEquals(0, ben("candor:health").exit());
        assertEquals(before + 3, logSize(), "looking at components is no operation");
    }

    @Test
    void aKeyAndAUserAreMadeAndTakenAway() throws IOException, InterruptedException {
        Result made = server.candor("shell", "key-create nightly --role viewer --expires 2099-12-31T23:59:59Z --json");
        assertEquals(0, made.exitCode(), made.err());
        String secret = (String) made.json().get("secret");
        assertEquals(200, statusWith(secret));
        assertFalse(server.candor("shell", "keys --json").out().contains(secret));
        assertEquals(0, server.candor("shell", "key-revoke nightly").exitCode());
        assertEquals(401, statusWith(secret));
        Result user = server.candor("shell", "user-create hanna --role viewer --json");
        assertEquals(0, user.exitCode(), user.err());
        assertEquals(200, signIn("hanna", (String) user.json().get("password")));
        assertEquals(
                "hanna has the roles auditor, viewer\n",
                server.candor("shell", "user-roles hanna --role viewer --role auditor")
                        .out());
        Result fresh = server.candor("shell", "user-password hanna");
        String password = fresh.out().lines().toList().getLast();
        assertEquals(200, signIn("hanna", password));
        assertEquals(0, server.candor("shell", "user-remove hanna").exitCode());
        assertEquals(401, signIn("hanna", password));
        assertEquals(1, ben("candor:key-create own --role admin").exit());
        assertEquals(1, ben("candor:user-create own --role admin").exit());
    }

    private int statusWith(String key) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/models"))
                .header("Authorization", "Bearer " + key)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private int signIn(String user, String password) throws IOException, InterruptedException {
        return server.http("POST", "/admin/session", Json.write(Map.of("user", user, "password", password)))
                .statusCode();
    }

    @Test
    void aPolicyIsTestedActivatedAndRolledBackAndAModelIsVerified() throws IOException, InterruptedException {
        Result tests = server.candor("shell", "policy-test strict 1.1.0");
        assertEquals(0, tests.exitCode(), tests.out() + tests.err());
        assertTrue(tests.out().matches("all \\d+ tests hold\n"), tests.out());
        assertEquals(2, server.candor("shell", "policy-rollback").exitCode(), "a reason is needed");
        assertEquals(
                0,
                server.candor("shell", "policy-activate strict 1.1.0 --reason trial")
                        .exitCode());
        Result noted = server.candor("shell", "policy-rollback --reason 'too strict'");
        assertEquals(1, noted.exitCode(), "the stricter policy takes two for the way back");
        Shell.Output back =
                Shell.execute(server, "admin-eve", "copper ladder moon", "candor:policy-rollback --reason 'I agree'");
        assertEquals("default 1.2.0 decides from now on", back.text().strip());
        assertEquals(0, back.exit());
        Result verified = server.candor("shell", "model-verify encoder-en 1.1.0 --reason look");
        assertEquals(0, verified.exitCode(), verified.out() + verified.err());
        assertTrue(verified.out().startsWith("encoder-en 1.1.0 is in order"), verified.out());
        assertEquals(1, ben("candor:policy-test strict 1.1.0").exit());
        assertEquals(
                1, ben("candor:model-verify encoder-en 1.1.0 --reason look").exit());
    }

    @Test
    void aTextIsWrittenForWhoMayHaveItWritten() throws IOException, InterruptedException {
        long before = logSize();
        Shell.Output text = ben("candor:generate --seed 7 --max-tokens 20 'Once upon a time'");
        assertEquals(0, text.exit(), text.text());
        List<String> lines = text.text().strip().lines().toList();
        assertTrue(
                lines.getLast()
                        .matches(
                                "stories-tiny \\S+: 20 tokens \\([0-9.]+ tokens/s\\), ([0-9.]+ J \\(.+\\)|energy unknown),"
                                        + " seed 7, logged as \\S+"),
                text.text());
        assertEquals(before + 2, logSize(), "its begin and its end");
        Result whole = server.candor("shell", "generate --json --seed 7 --max-tokens 20 'Once upon a time'");
        assertEquals(0, whole.exitCode(), whole.err());
        String said = (String) whole.json().get("text");
        assertTrue(text.text().startsWith(said.strip().lines().findFirst().orElseThrow()), text.text());
        Shell.Output refused = Shell.execute(server, "nobody-di", "violet crane pocket", "candor:generate Once");
        assertEquals(1, refused.exit(), refused.text());
        Shell.Output unknown = ben("candor:generate --model no-such-model Once");
        assertEquals(1, unknown.exit(), unknown.text());
        assertTrue(unknown.text().contains("no-such-model"), unknown.text());
        String completed = Shell.type(
                server,
                "viewer-ben",
                "staple lamp window",
                "candor:generate --model stor\t",
                "stories-tiny",
                Duration.ofSeconds(60));
        assertTrue(completed.contains("stories-tiny"), completed);
    }

    @Test
    void aTabCompletesWhatTheRoleMayList() throws IOException, InterruptedException {
        Duration patience = Duration.ofSeconds(60);
        String document = Shell.type(
                server,
                "viewer-ben",
                "staple lamp window",
                "candor:document-remove lightho\t",
                "lighthouse.md",
                patience);
        assertTrue(document.contains("lighthouse.md"), document);
        String key = Shell.type(server, "admin-eve", "copper ladder moon", "candor:key-revoke cl\t", "cli", patience);
        assertTrue(key.contains("key-revoke cli"), key);
        String none = Shell.type(
                server, "viewer-ben", "staple lamp window", "candor:key-revoke cl\t", "cli", Duration.ofSeconds(5));
        assertFalse(none.contains("key-revoke cli"), none);
        assertTrue(none.contains("key-revoke cl"), none);
    }

    @Test
    void commandsWorkInPipesAndExplainThemselves() throws IOException {
        Shell.Output piped = ben("candor:models --json | grep encoder-zh");
        assertTrue(piped.text().contains("encoder-zh"), piped.text());
        Shell.Output help = ben("candor:model-activate --help");
        assertTrue(help.text().contains("Example: candor:model-activate"), help.text());
        assertTrue(help.text().contains("--reason"), help.text());
    }

    @Test
    void tablesFitAHundredColumnsAndJsonIsJson() throws IOException, InterruptedException {
        for (String command :
                List.of("status", "documents", "models", "consent", "energy", "health", "health --all", "help")) {
            Result result = server.candor("shell", command);
            result.out().lines().forEach(line -> assertTrue(line.length() <= 100, command + ": " + line));
        }
        Result models = server.candor("shell", "models --json");
        assertTrue(Server.list(models.out()).size() >= 2, models.out());
        Result energy = server.candor("shell", "energy --json --minutes 5");
        assertFalse(((List<?>) energy.json().get("windows")).isEmpty(), energy.out());
        Result health = server.candor("shell", "health --json");
        assertEquals(0, health.exitCode(), health.out());
        assertTrue(((List<?>) health.json().get("components")).size() > 10, health.out());
    }
}
