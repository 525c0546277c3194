package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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

    private static final String QUESTION = "{\"question\": \"When was the lighthouse built?\"}";
    private static final int ASKERS = 4;
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

    /** Asks without pause until it is closed; notes every answer that is neither 200 nor a 503 that says when to come again. */
    private final class Load implements AutoCloseable {
        private final AtomicBoolean ended = new AtomicBoolean();
        private final Semaphore answered = new Semaphore(0);
        private final AtomicInteger refused = new AtomicInteger();
        private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<Map<String, Object>> answers = new ConcurrentLinkedQueue<>();
        private final List<Thread> askers = new ArrayList<>();

        Load() {
            for (int i = 0; i < ASKERS; i++) {
                askers.add(Thread.ofVirtual().start(this::ask));
            }
        }

        private void ask() {
            while (!ended.get()) {
                try {
                    HttpResponse<String> response = server.http("POST", "/v1/answers", QUESTION);
                    if (response.statusCode() == 200) {
                        answers.add(Server.json(response.body()));
                        answered.release();
                    } else if (response.statusCode() == 503
                            && response.headers().firstValue("Retry-After").isPresent()) {
                        Server.json(response.body());
                        refused.incrementAndGet();
                    } else {
                        wrong.add(response.statusCode() + " " + response.body());
                    }
                } catch (IOException e) {
                    wrong.add(e.toString());
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        /** Returns when so many answers have come from now on. */
        void awaitAnswers(int count, String after) throws InterruptedException {
            answered.drainPermits();
            assertTrue(
                    answered.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS),
                    "no answer any more after " + after + "; " + wrong);
        }

        @Override
        public void close() throws InterruptedException {
            ended.set(true);
            for (Thread asker : askers) {
                asker.join();
            }
        }
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
        try (Load load = new Load()) {
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
                        List.copyOf(load.wrong),
                        () -> "while " + bundle + " was stopped and started; the log: " + server.failures());
            }
            load.close();
            assertTrue(load.refused.get() > 0, "nothing was ever refused: were the bundles stopped?");
            AnswerVerifier verifier = new AnswerVerifier(
                    VerifierKey.parse(Files.readString(server.home().resolve("log/key.pub"))
                            .strip()),
                    List.of());
            for (Map<String, Object> answer : load.answers) {
                verifier.verify(answer);
            }
        }
        assertEquals(0, server.candor("shell", "status").exitCode());
        assertEquals(0, server.candor("shell", "health").exitCode());
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
        try (Load load = new Load()) {
            Files.writeString(policy, good + "\noperation.answer.roles = emperor\n");
            awaitLog(log, from, "emperor");
            load.awaitAnswers(20, "a policy that is nonsense");
            Files.writeString(policy, good);
            load.awaitAnswers(20, "a policy that is right again");
            load.close();
            assertEquals(List.of(), List.copyOf(load.wrong));
            assertEquals(0, load.refused.get(), "the policy before stays in force");
        }
    }

    /** A component is made anew from its configuration; from one that is nonsense it is not, and what needs it is refused. */
    @ParameterizedTest
    @CsvSource({
        "org.candor.governor, queue, -5, 0 to 100000",
        "org.candor.gateway, workers, 0, 1 to 1024",
        "org.candor.retrieval, passageTarget, 3, 16 to 4096",
    })
    void aComponentsConfigurationThatIsNonsenseIsNamedAndRefusesClearlyUntilItIsRight(
            String pid, String key, String value, String allowed) throws Exception {
        Path file = server.home().resolve("etc/" + pid + ".cfg");
        String good = Files.readString(file);
        Path log = server.home().resolve("logs/candor.log");
        long from = Files.size(log);
        try (Load load = new Load()) {
            load.awaitAnswers(ASKERS, "the start");
            Files.writeString(file, good + "\n" + key + " = " + value + "\n");
            String said = awaitLog(log, from, pid + ": " + key);
            assertTrue(said.contains(value) && said.contains(allowed), said);
            Files.writeString(file, good);
            load.awaitAnswers(20, pid + " that is right again");
            load.close();
            assertEquals(List.of(), List.copyOf(load.wrong), server::failures);
        }
        assertEquals(200, server.http("GET", "/health/ready", null).statusCode());
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
