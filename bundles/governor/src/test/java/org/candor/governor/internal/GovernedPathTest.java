package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.candor.api.operation.Answers.Question;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Retrieval;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GovernedPathTest {

    private static final Question QUESTION = new Question("What does withdrawal reach?", null, null);

    private final World world = new World();

    private OperationException refused(GovernedPath path) {
        return assertThrows(OperationException.class, () -> world.answers(path).answer(World.ASKER, QUESTION));
    }

    @Test
    void anAnswerGoesThroughEveryStepInOrderAndIsLoggedLast() {
        world.policy.obligations = List.of(new Obligation.MaskPersonalData(java.util.Set.of(PersonalData.Kind.EMAIL)));
        world.answers(world.path()).answer(World.ASKER, QUESTION);
        assertEquals(
                List.of("policy", "consent", "energy open answer", "work", "energy settle", "find", "find", "log"),
                world.events);
        assertEquals(List.of(42_000L), world.energy.work);
        assertEquals(0, world.energy.open);
    }

    @ParameterizedTest
    @CsvSource({
        "policy, policy-missing, policy gate",
        "consent, consent-missing, consent register",
        "energy, energy-missing, energy accounting",
        "log, transparency-missing, transparency log",
        "keys, transparency-missing, transparency log"
    })
    void aMissingRequiredServiceStopsTheOperationAndIsNamed(String which, String code, String named) {
        GovernedPath path = world.path();
        remove(path, which);
        OperationException e = refused(path);
        assertEquals(Kind.UNAVAILABLE, e.kind());
        assertEquals(code, e.code());
        assertTrue(e.getMessage().contains(named), e.getMessage());
        assertFalse(world.events.contains("work"), "nothing was done");
        assertTrue(world.log.entries.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"policy", "consent", "energy", "log"})
    void whatIsNotRequiredMayBeMissing(String which) {
        GovernedPath path = world.path(World.config("", 1, 1, 1));
        remove(path, which);
        assertNotNull(world.answers(path).answer(World.ASKER, QUESTION).get("answer"));
    }

    private static void remove(GovernedPath path, String which) {
        Consumer<GovernedPath> removal =
                switch (which) {
                    case "policy" -> each -> each.policy = null;
                    case "consent" -> each -> each.consent = null;
                    case "energy" -> each -> each.energy = null;
                    case "log" -> each -> each.log = null;
                    case "keys" -> each -> each.subjectKeys = null;
                    default -> throw new IllegalArgumentException(which);
                };
        removal.accept(path);
    }

    @Test
    void withoutARegisterOnlyDocumentsAboutNobodyMayBeSeen() {
        GovernedPath path = world.path(World.config("policy", 1, 1, 1));
        path.consent = null;
        world.answers(path).answer(World.ASKER, QUESTION);
        assertTrue(world.retrieval.scope.permits().test(World.document("plain.md")));
        assertFalse(world.retrieval.scope.permits().test(World.document("about.md", "alice")));
    }

    @Test
    void aRefusalIsLoggedAndDoesNoWork() {
        world.policy.permits = false;
        OperationException e = refused(world.path());
        assertEquals(Kind.DENIED, e.kind());
        assertEquals("role-missing", e.code());
        assertEquals(List.of("policy", "log"), world.events);
        assertTrue(world.log.text(0).contains("\"policy\":\""), world.log.text(0));
        assertEquals("deny", e.evidence().policy().get("decision"));
        assertEquals("proof of 0", e.evidence().proof());
    }

    @Test
    void aRefusalThatCannotBeLoggedIsUnavailable() {
        world.policy.permits = false;
        world.log.broken = true;
        assertEquals("log-unavailable", refused(world.path()).code());
    }

    @Test
    void anAnswerWhoseEntryIsNotDurableIsNotGiven() {
        world.log.broken = true;
        OperationException e = refused(world.path());
        assertEquals(Kind.UNAVAILABLE, e.kind());
        assertEquals("log-unavailable", e.code());
        assertTrue(e.getMessage().contains("the disk is full"), e.getMessage());
    }

    @Test
    void aRegisterThatCannotBeReachedPermitsNothing() {
        world.consent.broken = true;
        OperationException e = refused(world.path());
        assertEquals("consent-unavailable", e.code());
        assertFalse(world.events.contains("work"));
    }

    @Test
    void theScopeCarriesTheWithdrawnAndAsksTheRegisterAgainForEachDocument() {
        world.consent.withdrawn.add("alice");
        world.answers(world.path()).answer(World.ASKER, QUESTION);
        assertEquals(java.util.Set.of("alice"), world.retrieval.scope.withdrawn());
        assertEquals("default", world.retrieval.scope.tenant());
        assertEquals("question-answering", world.retrieval.scope.purpose());
        assertTrue(world.retrieval.scope.permits().test(World.document("b.md", "bob")));
        world.consent.withdrawn.add("bob");
        assertFalse(world.retrieval.scope.permits().test(World.document("b.md", "bob")), "withdrawn meanwhile");
    }

    @Test
    void anObligationThatCannotBeMetStopsTheAnswer() {
        world.policy.obligations = List.of(new Obligation.MaskPersonalData(java.util.Set.of(PersonalData.Kind.EMAIL)));
        GovernedPath path = world.path();
        path.personalData = null;
        assertEquals("personal-data-missing", refused(path).code());
        assertTrue(world.log.entries.isEmpty());
    }

    @Test
    void workThatFailsClosesItsAccountAndFreesItsPlace() {
        GovernedPath path = world.path(World.config(World.ALL, 1, 0, 0));
        world.retrieval.failure = new IllegalStateException("broken index");
        assertThrows(IllegalStateException.class, () -> world.answers(path).answer(World.ASKER, QUESTION));
        assertEquals(0, world.energy.open);
        world.retrieval.failure = null;
        assertNotNull(world.answers(path).answer(World.ASKER, QUESTION));
    }

    @Test
    void aMissingModelIsUnavailable() {
        world.retrieval.failure =
                new org.candor.api.model.ModelUnavailableException("encoder-zh: no revision is active");
        assertEquals("model-unavailable", refused(world.path()).code());
    }

    @Test
    void whoFindsNoPlaceInTimeIsToldThatTheServerIsBusy() throws Exception {
        GovernedPath path = world.path(World.config(World.ALL, 1, 1, 0));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicReference<Object> first = new AtomicReference<>();
        Operation operation = new Operation(
                "answer", World.ASKER, "question-answering", Operation.Effect.COMPUTE, java.util.Map.of());
        Task<String> slow = new Task<>() {
            @Override
            public String perform(Permit permit, Meter meter) {
                inside.countDown();
                try {
                    leave.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return "done";
            }

            @Override
            public void describe(String result, java.util.Map<String, Object> members) {}
        };
        Thread holder = Thread.ofPlatform()
                .start(() -> first.set(path.run(operation, slow).result()));
        inside.await();
        OperationException e = assertThrows(OperationException.class, () -> path.run(operation, slow));
        assertEquals(Kind.BUSY, e.kind());
        leave.countDown();
        holder.join();
        assertEquals("done", first.get());
    }

    @ParameterizedTest
    @CsvSource({
        "'polcy', 1, 1, 1, 'require holds \"polcy\"; allowed are policy, consent, energy, transparency'",
        "'policy', 1025, 1, 1, 'concurrency is \"1025\"; allowed are 0 to 1024'",
        "'policy', 1, -1, 1, 'queue is \"-1\"; allowed are 0 to 100000'",
        "'policy', 1, 1, 600001, 'queueMillis is \"600001\"; allowed are 0 to 600000'"
    })
    void aWrongConfigurationIsRefusedNamingKeyValueAndWhatIsAllowed(
            String require, int concurrency, int queue, int millis, String message) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new GovernedPath(
                        Map.of("require", require, "concurrency", concurrency, "queue", queue, "queueMillis", millis)));
        assertEquals("org.candor.governor: " + message, e.getMessage());
    }

    @Test
    void aChangeCountsForTheNextOperationAndOneThatIsNonsenseForNone() {
        GovernedPath path = new GovernedPath(Map.of("require", "policy"));
        assertTrue(path.requires(Governance.POLICY));
        path.modified(Map.of("require", "energy", "queue", "many"));
        assertTrue(path.requires(Governance.POLICY) && !path.requires(Governance.ENERGY));
        assertEquals(
                "org.candor.governor: queue is \"many\"; allowed are whole numbers up to 2147483647",
                path.configuration().refused());
        path.modified(Map.of("require", "energy", "folders", "/srv/a, /srv/b"));
        assertTrue(!path.requires(Governance.POLICY) && path.requires(Governance.ENERGY));
        assertEquals("", path.configuration().refused());
        assertEquals(List.of("/srv/a, /srv/b"), List.of(path.folders()));
        path.modified(Map.of("folders", "srv"));
        assertEquals(List.of("/srv/a, /srv/b"), List.of(path.folders()));
    }

    @Test
    void aConfigurationFileMayNameSeveralInOneLine() {
        assertEquals(
                java.util.EnumSet.of(Governance.POLICY, Governance.ENERGY),
                Governance.parse(new String[] {"policy, energy"}));
    }

    @Test
    void unknownEnergyIsNullWithItsReasonAndNeverZero() {
        world.energy.share = new org.candor.api.energy.EnergyShare(null, "rapl", 0.5, 0.1, "the counter went away");
        @SuppressWarnings("unchecked")
        var energy = (java.util.Map<String, Object>)
                world.answers(world.path()).answer(World.ASKER, QUESTION).get("energy");
        assertTrue(energy.containsKey("joules"));
        assertEquals(null, energy.get("joules"));
        assertEquals("the counter went away", energy.get("reason"));
    }

    @Test
    void withoutSupportTheAnswerIsNullAndSaysWhy() {
        world.retrieval.findings =
                new Findings(null, "The library does not say.", "en", List.of(), List.of(), java.util.Map.of(), 1);
        var answer = world.answers(world.path()).answer(World.ASKER, QUESTION);
        assertTrue(answer.containsKey("answer"));
        assertEquals(null, answer.get("answer"));
        assertEquals("The library does not say.", answer.get("reason"));
        assertEquals(List.of(), answer.get("citations"));
    }

    @Test
    void aTenantStaysWithinItselfWhereNoPolicyRuns() {
        GovernedPath path = world.path(World.config("", 1, 1, 1));
        path.policy = null;
        Caller stranger = new Caller("admin", "acme", Set.of("admin"));
        Operation activate = new Operation("admin.models.activate", stranger, "p", Operation.Effect.CHANGE, Map.of());
        OperationException refused = assertThrows(OperationException.class, () -> path.gate(activate));
        assertEquals("tenant-not-operator", refused.code());
        assertEquals(1, world.log.entries.size(), "the refusal is logged");
        path.gate(new Operation("admin.consent.list", stranger, "p", Operation.Effect.READ, Map.of()));
        path.gate(new Operation("admin.models.activate", World.ASKER, "p", Operation.Effect.CHANGE, Map.of()));
    }

    @Test
    void whatReachesEveryTenantIsForThoseWhoRunTheServer() {
        Caller stranger = new Caller("admin", "acme", Set.of("admin"));
        for (String name : List.of(
                "admin.models.activate",
                "admin.policies.activate",
                "admin.documents.mirror",
                "admin.documents.file",
                "admin.backup.make",
                "admin.anything-new")) {
            Operation operation = new Operation(name, stranger, "p", Operation.Effect.READ, Map.of());
            OperationException refused =
                    assertThrows(OperationException.class, () -> world.path().gate(operation), name);
            assertEquals("tenant-not-operator", refused.code());
            world.path().gate(new Operation(name, World.ASKER, "p", Operation.Effect.READ, Map.of()));
        }
        assertEquals(6, world.log.entries.size(), "refusals are logged");
        for (String name : List.of(
                "answer",
                "log.read",
                "access.password",
                "admin.documents.add",
                "admin.consent.erase",
                "admin.access.key-create")) {
            world.path().gate(new Operation(name, stranger, "p", Operation.Effect.READ, Map.of()));
        }
    }

    @Test
    void aClockThatJumpsIsSeenInTheEntriesAndDisturbsNothingElse() {
        Instant noon = Instant.parse("2026-11-23T12:00:00Z");
        AtomicReference<Instant> time = new AtomicReference<>(noon);
        GovernedPath path = world.path(World.config(World.ALL, 4, 16, 1_000), new Clock() {
            @Override
            public Instant instant() {
                return time.get();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        });
        AnswerOperations answers = world.answers(path);
        List<Instant> times = List.of(noon, noon.minusSeconds(3_600), noon.plus(Duration.ofDays(365)), noon);
        for (int i = 0; i < times.size(); i++) {
            time.set(times.get(i));
            answers.answer(World.ASKER, new Question("When?", "en", null));
            assertTrue(world.log.text(i).contains("\"time\":\"" + times.get(i)), world.log.text(i));
        }
        assertEquals(times.size(), world.log.entries.size(), "in the order in which they were done");
    }

    @Test
    void aServiceThatLeavesWhileItIsUsedIsUnavailable() {
        AnswerOperations answers = world.answers(world.path());
        Retrieval there = answers.retrieval;
        IllegalStateException closed = new IllegalStateException("this index is closed");
        AtomicBoolean leaves = new AtomicBoolean(true);
        answers.retrieval = (Retrieval) Proxy.newProxyInstance(
                Retrieval.class.getClassLoader(), new Class<?>[] {Retrieval.class}, (proxy, method, arguments) -> {
                    if (leaves.get()) {
                        answers.retrieval = null;
                    }
                    throw closed;
                });
        Retrieval failing = answers.retrieval;
        Question question = new Question("When?", "en", null);
        OperationException e = assertThrows(OperationException.class, () -> answers.answer(World.ASKER, question));
        assertEquals("retrieval-missing", e.code());
        assertSame(closed, e.getSuppressed()[0]);
        leaves.set(false);
        answers.retrieval = failing;
        assertSame(closed, assertThrows(IllegalStateException.class, () -> answers.answer(World.ASKER, question)));
        answers.retrieval = there;
        answers.answer(World.ASKER, question);
    }

    @Test
    void aChangeThatEndsInAnErrorIsLoggedAsFailed() {
        Operation add = new Operation(
                "admin.documents.add", World.ASKER, "p", Operation.Effect.CHANGE, Map.of("document", "a"));
        StackOverflowError thrown =
                assertThrows(StackOverflowError.class, () -> world.path().run(add, new Task<Object>() {
                    @Override
                    public Object perform(Permit permit, Meter meter) {
                        throw new StackOverflowError("deep");
                    }

                    @Override
                    public void describe(Object result, Map<String, Object> members) {
                        throw new IllegalStateException("nothing came out");
                    }
                }));
        assertEquals("deep", thrown.getMessage());
        assertEquals(2, world.log.entries.size());
        assertTrue(world.log.text(1).contains("admin.documents.add/failed"), world.log.text(1));
    }
}
