package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.proof.AnswerVerifier;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts of the server are stopped and started, and its configuration is broken, while questions run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResilienceIT {

    private static final int ASKERS = 4;
    /** What does the work of an answer, and the way in. Not health, which tells when the others were made anew. */
    private static final List<String> REFRESHED = List.of(
            "retrieval",
            "transformer",
            "tokenizer",
            "policy",
            "models",
            "compute-cpu",
            "consent",
            "energy",
            "transparency",
            "governor",
            "gateway",
            "consent");

    private static final List<String> UPDATED = List.of("policy", "retrieval");
    /**
     * Of the consent register the very first class loader stays, however often it is refreshed: H2 makes an exception when its
     * classes are first used, keeps it (the static field TraceObject.SQL_OOME), and the stack trace leads to the class that used
     * them. Of the gateway, which is refreshed last, the one before may stay for a while: nothing on the heap leads to it (a heap
     * dump has no path from any root but through weak references), and it goes with a later refresh, so the Java machine's own
     * structures hold it.
     */
    private static final Map<String, Long> MOST_LOADERS = Map.of("consent", 2L, "gateway", 2L);

    private static final int PATIENCE_SECONDS = 120;

    private Server server;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        Path library = Files.createDirectories(folder.resolve("library"));
        Files.writeString(
                library.resolve("lighthouse.md"), "The lighthouse was built in 1874 by the harbour company.\n");
        server = new Server(folder.resolve("home"));
        assertEquals(
                0,
                server.candor("ask", "--library", library.toString(), "When was the lighthouse built?")
                        .exitCode());
        Path users = server.home().resolve("etc/users.properties");
        Files.writeString(users, """

            operator-anna = correct horse battery,_g_:operators
            """, StandardOpenOption.APPEND);
        for (int i = 0; i < 300 && Files.readString(users).contains("battery"); i++) {
            Thread.sleep(100);
        }
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    private String shell(String command) throws IOException {
        return Shell.run(server, "operator-anna", "correct horse battery", command);
    }

    /** Symbolic names of our bundles. */
    private List<String> bundles() throws IOException, InterruptedException {
        List<?> all =
                (List<?>) server.candor("shell", "health --all --json").json().get("bundles");
        return all.stream()
                .map(bundle -> (String) ((Map<?, ?>) bundle).get("name"))
                .filter(name -> name.startsWith("org.candor."))
                .toList();
    }

    @Test
    void everyBundleMayBeStoppedAndStartedWhileQuestionsRun() throws Exception {
        List<String> bundles = bundles();
        assertTrue(bundles.size() >= 15, bundles.toString());
        try (Load load = new Load(server, ASKERS)) {
            load.awaitAnswers(20, "the start");
            for (String bundle : bundles) {
                if (bundle.equals("org.candor.passwords")) {
                    // It checks passwords: without it nobody could log in to start it again.
                    shell("bundle:restart " + bundle);
                } else {
                    shell("bundle:stop " + bundle);
                    shell("bundle:start " + bundle);
                }
                load.awaitAnswers(ASKERS, bundle);
                assertEquals(
                        List.of(),
                        load.wrong(),
                        () -> "while " + bundle + " was stopped and started; the log: " + server.failures());
            }
            load.close();
            assertTrue(load.refused() > 0, "nothing was ever refused: were the bundles stopped?");
            assertNothingIsLost(load);
        }
    }

    /** Its classes are loaded anew; who holds something of the old ones keeps them in memory. */
    @Test
    void bundlesMayBeRefreshedAndUpdatedWhileQuestionsRun() throws Exception {
        try (Load load = new Load(server, ASKERS)) {
            load.awaitAnswers(20, "the start");
            for (String room : REFRESHED) {
                String bundle = "org.candor." + room;
                change(load, bundle, "bundle:refresh " + bundle);
            }
            for (String room : UPDATED) {
                String bundle = "org.candor." + room;
                change(
                        load,
                        bundle,
                        "bundle:update --refresh " + bundle + " " + jar(bundle).toUri());
            }
            load.close();
            assertNothingIsLost(load);
        }
        Map<String, Long> loaders = loaders();
        for (int i = 0; i < PATIENCE_SECONDS && !tooMany(loaders).isEmpty(); i++) {
            TimeUnit.SECONDS.sleep(1);
            loaders = loaders();
        }
        assertEquals(Set.of(), tooMany(loaders), loaders.toString());
        assertFalse(loaders.containsValue(0L), loaders.toString());
    }

    private static Set<String> tooMany(Map<String, Long> loaders) {
        return loaders.entrySet().stream()
                .filter(room -> room.getValue() > MOST_LOADERS.getOrDefault(room.getKey(), 1L))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Runs a command of Karaf's shell that changes a bundle, until that has happened and answers come again. */
    private void change(Load load, String bundle, String command) throws Exception {
        Object before = bundle(bundle).get("since");
        String said = shell(command);
        for (int i = 0; ; i++) {
            Map<?, ?> now = bundle(bundle);
            if ("active".equals(now.get("state")) && !Objects.equals(before, now.get("since"))) {
                break;
            }
            assertTrue(i < 10 * PATIENCE_SECONDS, command + ": " + said + now);
            TimeUnit.MILLISECONDS.sleep(100);
        }
        load.awaitAnswers(ASKERS, command);
        assertEquals(List.of(), load.wrong(), () -> "after " + command + "; the log: " + server.failures());
    }

    /** What the health says of a bundle; nothing while what says it is itself made anew. */
    private Map<?, ?> bundle(String name) throws IOException, InterruptedException {
        HttpResponse<String> health = server.http("GET", "/admin/health", null);
        if (health.statusCode() == 503) {
            return Map.of();
        }
        assertEquals(200, health.statusCode(), health.body());
        return ((List<?>) Server.json(health.body()).get("bundles"))
                .stream()
                        .map(each -> (Map<?, ?>) each)
                        .filter(each -> name.equals(each.get("name")))
                        .findFirst()
                        .orElse(Map.of());
    }

    private static Path jar(String bundle) throws IOException {
        try (Stream<Path> files = Files.walk(Server.assembly().resolve("system/org/candor/" + bundle))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** After a collection: how many loaders there are of the classes of each bundle that was refreshed. */
    private Map<String, Long> loaders() throws IOException, InterruptedException {
        Jvm.collect(server);
        List<Set<String>> loaders = Jvm.packagesByLoader(server);
        return REFRESHED.stream().distinct().collect(Collectors.toMap(room -> room, room -> loaders.stream()
                .filter(packages -> packages.contains("org.candor." + room.replace('-', '.') + ".internal"))
                .count()));
    }

    private void assertNothingIsLost(Load load) throws Exception {
        AnswerVerifier verifier = new AnswerVerifier(
                VerifierKey.parse(
                        Files.readString(server.home().resolve("log/key.pub")).strip()),
                List.of());
        for (Map<String, Object> answer : load.answers()) {
            verifier.verify(answer);
            HttpResponse<String> proof = server.http("GET", "/v1/proofs/" + answer.get("id"), null);
            assertEquals(200, proof.statusCode(), proof.body());
        }
        for (String command : List.of("status", "health", "log-verify")) {
            Server.Result result = server.candor("shell", command);
            assertEquals(0, result.exitCode(), command + "\n" + result.out() + result.err());
        }
        assertEquals(200, server.http("GET", "/health/ready", null).statusCode());
    }

    @Test
    void withoutWhatChecksPasswordsALoginIsRefusedAtOnceAndTheLogSaysWhy() throws Exception {
        Path log = server.home().resolve("logs/candor.log");
        // Karaf ends a session with its command.
        try (Shell.LoggedIn first = new Shell.LoggedIn(server, "operator-anna", "correct horse battery");
                Shell.LoggedIn second = new Shell.LoggedIn(server, "operator-anna", "correct horse battery")) {
            assertEquals(0, first.execute("bundle:stop org.candor.passwords").exit());
            long from = Files.size(log);
            assertFalse(Shell.canLogIn(server, "operator-anna", "correct horse battery"));
            awaitLog(log, from, "org.candor.passwords is not running");
            assertEquals(0, second.execute("bundle:start org.candor.passwords").exit());
        }
        assertTrue(Shell.canLogIn(server, "operator-anna", "correct horse battery"));
    }

    @Test
    void aConfigurationThatIsNonsenseIsNamedAndQuestionsGoOn() throws Exception {
        Path policy = server.home().resolve("etc/org.candor.policy.cfg");
        String good = Files.readString(policy);
        Path log = server.home().resolve("logs/candor.log");
        long from = Files.size(log);
        try (Load load = new Load(server, ASKERS)) {
            Files.writeString(policy, good + "\noperation.answer.roles = emperor\n");
            awaitLog(log, from, "emperor");
            load.awaitAnswers(20, "a policy that is nonsense");
            Files.writeString(policy, good);
            load.awaitAnswers(20, "a policy that is right again");
            load.close();
            assertEquals(List.of(), load.wrong());
            assertEquals(0, load.refused(), "the policy before stays in force");
        }
    }

    /** Every file of Candor's, with values of the wrong kind, out of range, and keys that nobody knows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "org.candor.compute.cpu | threads | -1 | 0 to 1024",
                "org.candor.compute.cpu | emit | maybe | off",
                "org.candor.consent | driver.target | (osgi.jdbc.driver.class=org.example.None) | org.h2.Driver",
                "org.candor.consent | url | postgres://here | jdbc:",
                "org.candor.consent | url | jdbc:nowhere:x | databases that can be opened",
                "org.candor.energy | tickMillis | 1 | 50",
                "org.candor.energy | meter | candle | rapl",
                "org.candor.gateway | workers | 0 | 1 to 1024",
                "org.candor.gateway | hosts | https://example.org/ | host names",
                "org.candor.governor | queue | -5 | 0 to 100000",
                "org.candor.governor | queue | many | whole numbers",
                "org.candor.governor | folders | relative/folder | absolute paths",
                "org.candor.governor | require | luck | transparency",
                "org.candor.models | standbySeconds | 1000000 | 0 to 86400",
                "org.candor.models | cacheBytes | 1 | 1000000 to 1000000000000000",
                "org.candor.models | cache | fp8 | f32, bf16 or int8",
                "org.candor.models | trustedKeys | nobody | verifier keys",
                "org.candor.policy | unsigned | perhaps | name:version",
                "org.candor.policy | trustedKeys | nobody | verifier keys",
                "org.candor.retrieval | passageTarget | 3 | 16 to 4096",
                "org.candor.retrieval | directory | somewhere | absolute paths",
                "org.candor.shell | tenant | '' | 1 to 200",
                "org.candor.shell | tennant | x | the keys tenant",
                "org.candor.template | maxSteps | 1 | 1000 to 1000000000",
                "org.candor.generation | waiting | -1 | 0 to 100000",
                "org.candor.generation | speculation | always | auto, off",
                "org.candor.tokenizer | maxVocabulary | 0 | 1 to 16777216",
                "org.candor.transformer | passTokens | 1 | 64 to 65536",
                "org.candor.transparency | segmentMebibytes | 4096 | 8 to 1024",
                "org.candor.transparency | origin | example.org/another | which this log was begun with",
            })
    void aConfigurationThatIsNonsenseStopsNothingAndHealthNamesItUntilItIsRight(
            String pid, String key, String value, String allowed) throws Exception {
        Path file = server.home().resolve("etc/" + pid + ".cfg");
        String good = Files.readString(file);
        try (Load load = new Load(server, ASKERS)) {
            load.awaitAnswers(ASKERS, "the start");
            int refusedBefore = load.refused();
            Files.writeString(file, good + "\n" + key + " = " + value + "\n");
            String line = awaitConfiguration(pid, true);
            assertTrue(line.contains(pid + ": ") && line.contains(key) && line.contains(value), line);
            assertTrue(line.contains(allowed), line);
            assertEquals(200, server.http("GET", "/health/ready", null).statusCode());
            load.awaitAnswers(ASKERS, pid + " that is nonsense");
            Files.writeString(file, good);
            awaitConfiguration(pid, false);
            load.awaitAnswers(ASKERS, pid + " that is right again");
            load.close();
            assertEquals(List.of(), load.wrong(), server::failures);
            assertEquals(refusedBefore, load.refused(), "the configuration before stays, so nothing is refused");
        } finally {
            Files.writeString(file, good);
        }
        assertEquals(200, server.http("GET", "/health/ready", null).statusCode());
    }

    /** Its class is a new one, which has only the file: the values that counted are kept elsewhere. */
    @ParameterizedTest
    @CsvSource({
        "retrieval, passageTarget, 3",
        "energy, tickMillis, 1",
        "consent, url, jdbc:nowhere:x",
        "gateway, workers, many",
    })
    void aBundleThatIsRefreshedWhileItsConfigurationIsNonsenseGoesOnWithTheOneBefore(
            String room, String key, String value) throws Exception {
        String bundle = "org.candor." + room;
        Path file = server.home().resolve("etc/" + bundle + ".cfg");
        String good = Files.readString(file);
        try (Load load = new Load(server, ASKERS)) {
            load.awaitAnswers(ASKERS, "the start");
            Files.writeString(file, good + "\n" + key + " = " + value + "\n");
            awaitConfiguration(bundle, true);
            change(load, bundle, "bundle:refresh " + bundle);
            String line = awaitConfiguration(bundle, true);
            assertTrue(line.contains(key) && line.contains(value), line);
            Files.writeString(file, good);
            awaitConfiguration(bundle, false);
            load.awaitAnswers(ASKERS, bundle + " that is right again");
            load.close();
            assertEquals(List.of(), load.wrong(), server::failures);
        } finally {
            Files.writeString(file, good);
        }
        awaitWhole();
    }

    /** Values that are right count, and the server is itself again a moment later. */
    @ParameterizedTest
    @CsvSource({
        "org.candor.compute.cpu, spinMicros, 200",
        "org.candor.consent, user, candor",
        "org.candor.energy, tickMillis, 900",
        "org.candor.gateway, workers, 16",
        "org.candor.governor, queue, 200",
        "org.candor.models, standbySeconds, 200",
        "org.candor.policy, unsigned, some:1.0.0",
        "org.candor.retrieval, exactScanLimit, 90000",
        "org.candor.shell, tenant, other",
        "org.candor.template, maxSteps, 2000000",
        "org.candor.generation, waiting, 128",
        "org.candor.tokenizer, maxVocabulary, 2000000",
        "org.candor.transformer, passTokens, 256",
        "org.candor.transparency, segmentMebibytes, 16",
    })
    void aConfigurationThatIsRightCountsAfterOneThatWasNot(String pid, String key, String value) throws Exception {
        Path file = server.home().resolve("etc/" + pid + ".cfg");
        String good = Files.readString(file);
        try (Load load = new Load(server, ASKERS)) {
            load.awaitAnswers(ASKERS, "the start");
            Files.writeString(file, good + "\nnonsense = 1\n");
            assertTrue(awaitConfiguration(pid, true).contains("nonsense"));
            load.awaitAnswers(20, pid + " that is nonsense");
            Files.writeString(file, good + "\n" + key + " = " + value + "\n");
            awaitConfiguration(pid, false);
            load.awaitAnswers(20, pid + " with another " + key);
            load.close();
            assertEquals(List.of(), load.wrong(), server::failures);
        } finally {
            Path log = server.home().resolve("logs/candor.log");
            long from = Files.size(log);
            Files.writeString(file, good);
            awaitLog(log, from, "Updating configuration {" + pid + "}");
            awaitWhole();
        }
    }

    /** Waits until every component runs, for a while: what a change makes anew is made a moment after it was read. */
    private void awaitWhole() throws Exception {
        int whole = 0;
        for (int i = 0; i < 5 * PATIENCE_SECONDS && whole < 5; i++) {
            Map<String, Object> said = Server.json(server.http("POST", "/admin/shell", "{\"command\": \"health\"}")
                    .body());
            whole = Long.valueOf(0).equals(said.get("exit")) ? whole + 1 : 0;
            TimeUnit.MILLISECONDS.sleep(200);
        }
        assertEquals(5, whole, "some component does not run again");
    }

    /** Waits until the check of configurations names the PID, or does not; returns its line. */
    private String awaitConfiguration(String pid, boolean refused) throws Exception {
        String last = "";
        for (int i = 0; i < 5 * PATIENCE_SECONDS; i++) {
            String body = server.http("GET", "/health/ready", null).body();
            if (Server.json(body).get("checks") instanceof List<?> checks) {
                last = checks.stream()
                        .map(check -> (Map<?, ?>) check)
                        .filter(check -> "configuration".equals(check.get("name")))
                        .filter(check -> Boolean.valueOf(refused).equals(check.get("attention")) || !refused)
                        .map(check -> String.valueOf(check.get("detail")))
                        .findFirst()
                        .orElse("");
            }
            if (!last.isEmpty() && last.contains("refused, the one before it stays: " + pid + ":") == refused) {
                return last;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new AssertionError("the check of configurations should " + (refused ? "name " : "not name ") + pid
                + " any more, and says: " + last);
    }

    /** The line that the log was waited for. */
    private static String awaitLog(Path log, long from, String expected) throws Exception {
        for (int i = 0; i < 10 * PATIENCE_SECONDS; i++) {
            String written = Files.readString(log).substring((int) from);
            int at = written.indexOf(expected);
            if (at >= 0) {
                return written.substring(at).lines().findFirst().orElseThrow();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new AssertionError("\"" + expected + "\" never came into " + log);
    }
}
