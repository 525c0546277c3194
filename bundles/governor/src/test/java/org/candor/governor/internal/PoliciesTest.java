package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.operation.Policies;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyException;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRegistry;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyTests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {

    private static final PolicyId STRICT = new PolicyId("strict", "1.0.0", "sha256:" + "c".repeat(64));

    private static final PolicyId PLAIN = new PolicyId("plain", "1", "sha256:" + "a".repeat(64));
    private static final PolicyId OTHER = new PolicyId("other", "1", "sha256:" + "b".repeat(64));
    private static final Caller SECOND = new Caller("second", "default", Set.of("admin"));

    private final World world = new World();
    private final Registry registry = new Registry();

    private PolicyOperations policies() {
        PolicyOperations policies = new PolicyOperations(world.path());
        policies.registry = registry;
        return policies;
    }

    private static OperationException refused(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(OperationException.class, call);
    }

    @Test
    void anActivationIsInTheLogBeforeItIsMadeAndAgainWhenItIs() {
        Policies.Change change = policies().activate(World.ASKER, "strict", "1.0.0", "an audit asks for it");
        assertEquals("asker", change.activation().actor());
        assertEquals("an audit asks for it", change.activation().reason());
        assertEquals(2, world.log.entries.size());
        assertTrue(world.log.text(0).contains("\"admin.policies.activate/begun\""), world.log.text(0));
        assertTrue(world.log.text(1).contains("\"admin.policies.activate\""), world.log.text(1));
        assertTrue(change.evidence().openings().containsKey("activation"));
        assertEquals(List.of("activate strict 1.0.0"), registry.calls);
        assertEquals("admin.policies.activate", world.policy.last.operation());
    }

    @Test
    void whatThePolicyDeniesIsNotActivated() {
        world.policy.permits = false;
        assertEquals(
                Kind.DENIED,
                refused(() -> policies().activate(World.ASKER, "strict", "1.0.0", "why"))
                        .kind());
        assertEquals(List.of(), registry.calls);
        assertEquals(Kind.DENIED, refused(() -> policies().list(World.ASKER)).kind());
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN, NOT_FOUND, policy_not_found",
        "REFUSED, INVALID, policy_refused",
        "TESTS_FAILED, INVALID, policy_tests_failed",
        "NOTHING_BEFORE, INVALID, nothing_to_roll_back",
        "STORAGE, UNAVAILABLE, storage-failed",
    })
    void aRefusalSaysWhyAndIsLogged(PolicyException.Kind why, Kind kind, String code) {
        registry.failure = new PolicyException(why, "the message", null);
        OperationException e = refused(() -> policies().rollBack(World.ASKER, "why"));
        assertEquals(kind, e.kind());
        assertEquals(code, e.code());
        assertEquals("the message", e.getMessage());
        assertTrue(world.log.text(1).contains("\"admin.policies.rollback/failed\""), world.log.text(1));
    }

    @Test
    void aReasonAndASensibleNumberAreNeeded() {
        assertEquals(
                "reason",
                refused(() -> policies().activate(World.ASKER, "strict", "1.0.0", " "))
                        .parameter());
        assertEquals(
                "decisions",
                refused(() -> policies().replay(World.ASKER, "strict", "1.0.0", 0))
                        .parameter());
        assertEquals(
                "decisions",
                refused(() -> policies().replay(World.ASKER, "strict", "1.0.0", Policies.MOST_REPLAYED + 1))
                        .parameter());
        assertEquals(List.of(), registry.calls);
    }

    @Test
    void testsAndReplaysAreReadingAndLoggedOnce() {
        assertEquals(3, policies().test(World.ASKER, "strict", "1.0.0").run());
        assertEquals(1, world.log.entries.size());
        assertEquals(5, policies().replay(World.ASKER, "strict", "1.0.0", 9).replayed());
        assertEquals(List.of("test strict 1.0.0", "replay strict 1.0.0 9"), registry.calls);
        assertEquals(1, policies().list(World.ASKER).candidates().size());
    }

    @Test
    void withoutARegistryTheOperationIsUnavailable() {
        PolicyOperations policies = new PolicyOperations(world.path());
        assertEquals(
                "policies-missing", refused(() -> policies.list(World.ASKER)).code());
    }

    @Test
    void twoPersonsMeanTheSamePoliciesOrNothingIsDone() {
        world.policy.obligations = List.of(new Obligation.SecondPerson());
        PolicyOperations policies = policies();
        registry.history = List.of(activated(STRICT), activated(PLAIN));
        assertEquals(
                "second-person-needed",
                refused(() -> policies.rollBack(World.ASKER, "the old one again"))
                        .code());
        // Meanwhile a third policy: the way back leads elsewhere now.
        registry.history = List.of(activated(STRICT), activated(PLAIN), activated(OTHER));
        assertEquals(
                "second-person-needed",
                refused(() -> policies.rollBack(SECOND, "I agree")).code());
        assertEquals(List.of(), registry.calls);
        policies.rollBack(World.ASKER, "to the plain one, then");
        assertEquals(List.of("rollBack"), registry.calls);

        refused(() -> policies.activate(World.ASKER, "strict", "1.0.0", "an audit"));
        registry.installed = new PolicyId("strict", "1.0.0", "sha256:" + "d".repeat(64));
        assertEquals(
                "second-person-needed",
                refused(() -> policies.activate(SECOND, "strict", "1.0.0", "I agree"))
                        .code(),
                "another content under the same name");
    }

    @Test
    void whatChangesBetweenTheRequestAndTheWorkStopsIt() {
        registry.history = List.of(activated(STRICT), activated(PLAIN));
        registry.asked = () -> registry.history = List.of(activated(PLAIN), activated(OTHER));
        OperationException e = refused(() -> policies().rollBack(World.ASKER, "why"));
        assertEquals("policy_changed", e.code());
        assertEquals(List.of(), registry.calls);
    }

    private static PolicyActivation activated(PolicyId policy) {
        return new PolicyActivation(policy, "ann", "why", Instant.EPOCH);
    }

    private static final class Registry implements PolicyRegistry {
        final List<String> calls = new ArrayList<>();
        List<PolicyActivation> history = List.of();
        PolicyId installed = STRICT;
        Runnable asked = () -> {};
        PolicyException failure;

        private void call(String what) {
            calls.add(what);
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public List<PolicyCandidate> candidates() {
            return List.of(new PolicyCandidate(
                    installed,
                    "bundle strict",
                    PolicyCandidate.State.CANDIDATE,
                    "",
                    "ships with this build",
                    Map.of()));
        }

        @Override
        public PolicyActivation active() {
            return history.isEmpty() ? null : history.getLast();
        }

        @Override
        public List<PolicyActivation> history() {
            List<PolicyActivation> now = history;
            asked.run();
            return now;
        }

        @Override
        public PolicyTests test(String name, String version) {
            call("test " + name + " " + version);
            return new PolicyTests(STRICT, 3, List.of());
        }

        @Override
        public PolicyReplay replay(String name, String version, int decisions) {
            call("replay " + name + " " + version + " " + decisions);
            return new PolicyReplay(STRICT, 5, Instant.EPOCH, 0, 0, 0, List.of());
        }

        @Override
        public PolicyActivation activate(String name, String version, String actor, String reason) {
            call("activate " + name + " " + version);
            return new PolicyActivation(STRICT, actor, reason, Instant.EPOCH);
        }

        @Override
        public PolicyActivation rollBack(String actor, String reason) {
            call("rollBack");
            return new PolicyActivation(STRICT, actor, reason, Instant.EPOCH);
        }
    }
}
