package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyException;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyRequest;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicySwitchTest {

    private static final String OPEN =
            "@id(\"open\") permit (principal in Role::\"viewer\", action == Action::\"answer\", resource);";
    private static final String CLOSED =
            "@id(\"closed\") @reason(\"closed-today\") forbid (principal, action, resource);";
    private static final Map<String, Object> RULES =
            Map.of("operation.answer.roles", "viewer", "operation.answer.purposes", "*", "policy.name", "mine");
    private static final PolicyRequest ASK =
            new PolicyRequest(new Caller("ann", "default", Set.of("viewer")), "answer", "question-answering", Map.of());

    @TempDir
    Path home;

    private DecisionJournal journal;
    private PolicySwitch policies;
    private int flips;

    @BeforeEach
    void open() throws IOException {
        journal = new DecisionJournal(
                home.resolve("decisions"), 1_000, DecisionJournalTest.PSEUDONYMS, Clock.systemUTC());
        policies = new PolicySwitch(
                new ActivationRecord(home.resolve("activations.jsonl")),
                new PackStore(home.resolve("packs")),
                journal,
                Clock.systemUTC(),
                () -> flips++);
        policies.trust(unsigned("true"));
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        policies.close();
        journal.close();
    }

    private static PackTrust unsigned(String allowed) {
        return PackTrust.of(PackKind.POLICY, Map.of(), List.of(), List.of(allowed));
    }

    private void reopen() throws IOException, InterruptedException {
        close();
        open();
    }

    private static PolicyPack pack(String name, String cedar) {
        return new TestPack(name, "1", cedar)
                .message("closed-today", "Closed {operation}")
                .pack();
    }

    private static PolicyPack open(String name) {
        return new TestPack(name, "1", OPEN).pack();
    }

    private static PolicyException refused(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(PolicyException.class, call);
    }

    private void configure(Map<String, Object> properties, String preferred) {
        policies.configure(properties == null ? null : new ConfigurationSource(properties), preferred);
    }

    @Test
    void theDefaultDecidesAsSoonAsItIsThere() {
        configure(null, "one:1");
        assertFalse(policies.decides());
        assertNull(policies.active());
        policies.add(open("one"));
        policies.reconcile();
        assertTrue(policies.decide(ASK).permitted());
        assertEquals("system", policies.active().actor());
        assertEquals(1, flips);
    }

    @Test
    void whatIsOnlyConsideredIsDecidedTheSameAndNotReplayed() throws Exception {
        policies.add(open("one"));
        policies.add(pack("two", CLOSED));
        configure(null, "one:1");
        assertTrue(policies.consider(ASK).permitted());
        assertEquals(0, policies.replay("two", "1", 10).replayed());
        assertTrue(policies.decide(ASK).permitted());
        assertEquals(1, policies.replay("two", "1", 10).replayed());
    }

    @Test
    void rulesOfTheFileDecideUntilSomebodyActivatesAPack() throws Exception {
        policies.add(open("one"));
        configure(RULES, "one:1");
        assertEquals("mine", policies.policy().name());
        policies.activate("one", "1", "ann", "packs are the way now");
        assertEquals("one", policies.policy().name());
        assertEquals(
                List.of("mine", "one"),
                policies.history().stream().map(a -> a.policy().name()).toList());
        reopen();
        policies.add(open("one"));
        configure(RULES, "one:1");
        assertEquals("one", policies.policy().name(), "the record decides, not the file");
        assertEquals("mine", policies.rollBack("bob", "not yet").policy().name());
        reopen();
        configure(RULES, "one:1");
        assertEquals("mine", policies.policy().name());
        configure(
                Map.of("operation.answer.roles", "admin", "operation.answer.purposes", "*", "policy.name", "mine"),
                "one:1");
        assertFalse(policies.decide(ASK).permitted(), "an edit of activated rules counts at once");
        assertEquals("configuration", policies.active().actor());
    }

    @Test
    void nonsenseInTheConfigurationChangesNothing() {
        configure(RULES, "one:1");
        PolicyId before = policies.policy();
        InvalidPolicyException e = assertThrows(
                InvalidPolicyException.class, () -> configure(Map.of("operation.answer.roles", "king"), "one:1"));
        assertTrue(e.getMessage().contains("operation.answer.roles")
                && e.getMessage().contains("king"));
        assertEquals(before, policies.policy());
    }

    @Test
    void anActivationIsRecordedBeforeItTakesEffectAndSurvivesARestartWithoutItsBundle() throws Exception {
        configure(null, "one:1");
        policies.add(open("one"));
        policies.add(pack("two", CLOSED));
        policies.reconcile();
        policies.activate("two", "1", "ann", "a quiet day");
        Decision decision = policies.decide(ASK);
        assertEquals("closed-today", decision.code());
        assertEquals("Closed answer", decision.message());
        assertEquals(Set.of("en", "zh"), decision.messages().keySet());
        assertEquals(List.of("closed"), decision.determining());
        reopen();
        configure(null, "one:1");
        assertEquals("closed-today", policies.decide(ASK).code());
        PolicyCandidate kept = policies.candidates().getFirst();
        assertEquals(PolicyCandidate.State.ACTIVE, kept.state());
        assertEquals("ann", policies.active().actor());
        assertEquals("one", policies.rollBack("bob", "open again").policy().name());
    }

    @Test
    void whatCannotBeRecordedIsNotActivated() throws Exception {
        configure(null, "one:1");
        policies.add(open("one"));
        policies.add(pack("two", CLOSED));
        policies.reconcile();
        Path packs = home.resolve("packs");
        Files.move(packs, home.resolve("packs-away"));
        Files.writeString(packs, "a file where a folder has to be");
        PolicyException e = refused(() -> policies.activate("two", "1", "ann", "why"));
        assertEquals(PolicyException.Kind.STORAGE, e.kind());
        assertTrue(policies.decide(ASK).permitted());
        assertEquals("one", policies.policy().name());
    }

    @Test
    void aPackWhoseTestsFailIsNotActivated() {
        configure(null, "one:1");
        policies.add(open("one"));
        policies.add(new TestPack("bad", "1", OPEN)
                .with(
                        "tests.json",
                        "[{\"name\": \"viewers wait\", \"roles\": [\"viewer\"], \"operation\": \"answer\", "
                                + "\"expect\": {\"decision\": \"deny\"}}]")
                .pack());
        policies.reconcile();
        assertEquals(1, policies.test("bad", "1").failures().size());
        PolicyException e = refused(() -> policies.activate("bad", "1", "ann", "why"));
        assertEquals(PolicyException.Kind.TESTS_FAILED, e.kind());
        assertTrue(
                e.getMessage().contains("viewers wait") && e.getMessage().contains("permit permitted"), e.getMessage());
        assertEquals("one", policies.policy().name());
    }

    @Test
    void aPackThatCedarDoesNotAcceptIsNotActivated() {
        policies.add(new TestPack(
                        "typo",
                        "1",
                        "permit (principal, action == Action::\"answer\", resource) when { context.purpos == \"x\" };")
                .pack());
        PolicyException e = refused(() -> policies.activate("typo", "1", "ann", "why"));
        assertEquals(PolicyException.Kind.REFUSED, e.kind());
        assertTrue(e.getMessage().contains("purpos"), e.getMessage());
        assertFalse(policies.decides());
    }

    @Test
    void whatTheCompilerDoesNotCoverIsDecidedByTheCore() {
        policies.add(new TestPack(
                        "numbers",
                        "1",
                        "permit (principal, action == Action::\"answer\", resource) "
                                + "when { decimal(\"1.5\").lessThan(decimal(\"2.0\")) };")
                .pack());
        policies.activate("numbers", "1", "ann", "why");
        assertTrue(policies.decide(ASK).permitted());
    }

    @Test
    void theSameNameAndVersionWithOtherContentIsRefused() {
        policies.add(open("one"));
        InvalidPackException e = assertThrows(InvalidPackException.class, () -> policies.add(pack("one", CLOSED)));
        assertTrue(e.getMessage().contains("one 1") && e.getMessage().contains("another version"), e.getMessage());
    }

    @Test
    void anUnknownPolicyIsNamedWithThoseThatThereAre() {
        policies.add(open("one"));
        PolicyException e = refused(() -> policies.activate("two", "1", "ann", "why"));
        assertEquals(PolicyException.Kind.UNKNOWN, e.kind());
        assertTrue(e.getMessage().contains("one:1"), e.getMessage());
        assertEquals(
                PolicyException.Kind.NOTHING_BEFORE,
                refused(() -> policies.rollBack("ann", "why")).kind());
    }

    @Test
    void aPackThatIsNeitherOfThisBuildNorAllowedDecidesNothingNotEvenAsTheDefault() throws Exception {
        policies.trust(PolicySettings.shipped());
        configure(null, "one:1");
        PolicyPack foreign = open("one");
        InvalidPackException e = assertThrows(InvalidPackException.class, () -> policies.add(foreign));
        assertTrue(e.getMessage().contains("add one:1 to unsigned"), e.getMessage());
        policies.reconcile();
        assertFalse(policies.decides());
        policies.trust(unsigned("one:1"));
        policies.add(foreign);
        policies.reconcile();
        assertEquals(foreign.id(), policies.policy());
        reopen();
        policies.trust(PolicySettings.shipped());
        configure(null, "one:1");
        assertFalse(policies.decides(), "nobody activated it, and it is not trusted any more");
    }

    @Test
    void whatDecidesByDefaultIsRecordedAndIsNoActivationBySomebody() throws Exception {
        configure(null, "one:1");
        policies.add(open("one"));
        policies.add(open("two"));
        policies.reconcile();
        assertEquals(1, policies.history().size());
        var first = policies.active();
        reopen();
        configure(null, "one:1");
        assertEquals(List.of(first), policies.history());
        assertEquals(first, policies.active(), "the copy decides until the bundle is there");
        policies.add(open("one"));
        policies.add(open("two"));
        policies.reconcile();
        configure(null, "two:1");
        assertEquals("two", policies.policy().name(), "the configuration still chooses");
        assertEquals(
                List.of("system", "system"),
                policies.history().stream().map(a -> a.actor()).toList());
        policies.activate("one", "1", "ann", "why");
        configure(null, "two:1");
        assertEquals("one", policies.policy().name());
    }

    @Test
    void aRollBackStopsWhereThePolicyBeforeIsGone() throws Exception {
        configure(null, "one:1");
        policies.add(open("one"));
        policies.add(open("two"));
        policies.add(pack("three", CLOSED));
        policies.reconcile();
        policies.activate("two", "1", "ann", "why");
        PolicyId two = policies.policy();
        policies.activate("three", "1", "ann", "why");
        reopen();
        configure(null, "one:1");
        Files.move(home.resolve("packs/" + two.digest().replace(':', '-')), home.resolve("gone"));
        PolicyException e = refused(() -> policies.rollBack("bob", "why"));
        assertEquals(PolicyException.Kind.NOTHING_BEFORE, e.kind());
        assertTrue(e.getMessage().contains("two 1") && e.getMessage().contains(two.digest()), e.getMessage());
        assertEquals("three", policies.policy().name(), "not silently to the one before that");
    }

    @Test
    void aRollBackStopsWhereTheRulesOfTheFileWereEdited() {
        configure(RULES, "one:1");
        policies.add(open("one"));
        policies.activate("one", "1", "ann", "why");
        Map<String, Object> edited =
                Map.of("operation.answer.roles", "admin", "operation.answer.purposes", "*", "policy.name", "mine");
        configure(edited, "one:1");
        PolicyException e = refused(() -> policies.rollBack("bob", "why"));
        assertEquals(PolicyException.Kind.NOTHING_BEFORE, e.kind());
        assertTrue(e.getMessage().contains("edited since"), e.getMessage());
        assertEquals("one", policies.policy().name());
    }

    @Test
    void whatCedarsCoreDecidedBeforeARestartItDecidesAfterwards() throws Exception {
        configure(null, "one:1");
        policies.add(open("one"));
        policies.activate("one", "1", "ann", "why");
        assertTrue(policies.isCompiled());
        Path record = home.resolve("activations.jsonl");
        Files.writeString(record, Files.readString(record).replace("\"compiled\":true", "\"compiled\":false"));
        reopen();
        configure(null, "one:1");
        assertTrue(policies.decide(ASK).permitted());
        assertFalse(policies.isCompiled());
    }

    @Test
    void aReplayKnowsPeopleWhomEntitiesAndTextsName() {
        configure(null, "one:1");
        policies.add(open("one"));
        policies.add(new TestPack(
                        "people",
                        "1",
                        "permit (principal in Role::\"team\", action, resource); "
                                + "permit (principal, action, resource) when { principal.subject == \"bob\" };")
                .with(
                        "entities.json",
                        "[{\"uid\": {\"type\": \"User\", \"id\": \"ann\"}, \"attrs\": {\"subject\": \"ann\", "
                                + "\"tenant\": \"default\"}, \"parents\": [{\"type\": \"Role\", \"id\": \"team\"}]}]")
                .pack());
        policies.reconcile();
        for (String subject : List.of("ann", "bob", "eve")) {
            policies.decide(new PolicyRequest(
                    new Caller(subject, "default", Set.of("viewer")), "answer", "research", Map.of()));
        }
        PolicyReplay replay = policies.replay("people", "1", 100);
        assertEquals(3, replay.replayed());
        assertEquals(1, replay.permitToDeny(), "eve only");
    }

    @Test
    void aReplayShowsWhatWouldChange() {
        configure(null, "one:1");
        policies.add(open("one"));
        policies.add(new TestPack(
                        "named",
                        "1",
                        "@obligation(\"mask\") permit (principal == User::\"ann\", action, resource); "
                                + "permit (principal in Role::\"auditor\", action == Action::\"answer\", resource);")
                .pack());
        policies.reconcile();
        policies.decide(ASK);
        for (int i = 0; i < 3; i++) {
            policies.decide(
                    new PolicyRequest(new Caller("bob", "default", Set.of("viewer")), "answer", "research", Map.of()));
        }
        policies.decide(
                new PolicyRequest(new Caller("eve", "default", Set.of("auditor")), "answer", "research", Map.of()));
        PolicyReplay replay = policies.replay("named", "1", 100);
        assertEquals(5, replay.replayed());
        assertEquals(3, replay.permitToDeny());
        assertEquals(1, replay.denyToPermit());
        assertEquals(1, replay.otherwise(), "ann is recognised, and masked now");
        PolicyReplay.Difference most = replay.differences().getFirst();
        assertEquals(3, most.count());
        assertEquals(1, most.callers());
        assertEquals("role-missing", most.after().code());
        assertEquals("one", policies.policy().name(), "a replay changes nothing");
        assertEquals(2, policies.replay("named", "1", 2).replayed());
    }

    @Test
    void aThousandSwapsUnderLoadFailNothingMixNothingAndLeaveNothingBehind() throws Exception {
        configure(null, "open:1");
        List<WeakReference<PolicyPack>> gone = new ArrayList<>();
        gone.add(add("open", OPEN));
        gone.add(add("shut", CLOSED));
        policies.reconcile();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong decisions = new AtomicLong();
        AtomicReference<Object> wrong = new AtomicReference<>();
        List<Thread> asking = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            asking.add(Thread.ofPlatform().start(() -> {
                try {
                    while (!stop.get()) {
                        Decision decision = policies.decide(ASK);
                        boolean open = decision.policy().name().equals("open");
                        if (decision.permitted() != open
                                || !decision.code().equals(open ? "permitted" : "closed-today")
                                || !decision.determining().equals(List.of(open ? "open" : "closed"))) {
                            wrong.set(decision);
                        }
                        decisions.incrementAndGet();
                    }
                } catch (RuntimeException e) {
                    wrong.set(e);
                }
            }));
        }
        for (int i = 0; i < 1_000; i++) {
            policies.activate(i % 2 == 0 ? "shut" : "open", "1", "ann", "swap " + i);
        }
        stop.set(true);
        for (Thread thread : asking) {
            thread.join();
        }
        assertNull(wrong.get());
        assertTrue(decisions.get() > 1_000, "decisions: " + decisions);
        assertEquals(1_001, policies.history().size());
        policies.add(new TestPack("last", "1", OPEN).pack());
        policies.activate("last", "1", "ann", "the end");
        removeAll();
        for (WeakReference<PolicyPack> each : gone) {
            for (int i = 0; i < 50 && each.get() != null; i++) {
                System.gc();
                Thread.onSpinWait();
            }
            assertNull(each.get(), "a policy that was in force is still held");
        }
        assertNotEquals(0, decisions.get());
    }

    private final List<PolicyPack> added = new ArrayList<>();

    private WeakReference<PolicyPack> add(String name, String cedar) {
        PolicyPack pack = name.equals("open") ? open(name) : pack(name, cedar);
        policies.add(pack);
        added.add(pack);
        return new WeakReference<>(pack);
    }

    private void removeAll() {
        added.forEach(policies::remove);
        added.clear();
    }
}
