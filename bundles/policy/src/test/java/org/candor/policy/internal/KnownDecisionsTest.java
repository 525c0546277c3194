package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRequest;
import org.junit.jupiter.api.Test;

final class KnownDecisionsTest {

    private static final PolicyId ID = new PolicyId("counting", "1", "");

    private final AtomicInteger made = new AtomicInteger();
    private final KnownDecisions decisions = new KnownDecisions(new Policy() {
        @Override
        public PolicyId id() {
            return ID;
        }

        @Override
        public Decision decide(PolicyRequest request) {
            if (request.operation().equals("broken")) {
                throw new IllegalStateException("broken");
            }
            int number = made.incrementAndGet();
            return new Decision(true, "number-" + number, request.toString(), List.of(), ID);
        }
    });

    private static PolicyRequest request(
            String subject, String tenant, String role, String operation, String purpose, String model) {
        return new PolicyRequest(new Caller(subject, tenant, Set.of(role)), operation, purpose, Map.of("model", model));
    }

    @Test
    void anEqualRequestIsDecidedOnceAndOneThatDiffersInAnythingIsDecidedAnew() {
        Decision first = decisions.decide(request("ann", "default", "viewer", "embed", "search", "small"));
        assertSame(first, decisions.decide(request("ann", "default", "viewer", "embed", "search", "small")));
        List<PolicyRequest> others = List.of(
                request("bob", "default", "viewer", "embed", "search", "small"),
                request("ann", "other", "viewer", "embed", "search", "small"),
                request("ann", "default", "admin", "embed", "search", "small"),
                request("ann", "default", "viewer", "answer", "search", "small"),
                request("ann", "default", "viewer", "embed", "training", "small"),
                request("ann", "default", "viewer", "embed", "search", "large"));
        for (int i = 0; i < others.size(); i++) {
            assertEquals("number-" + (i + 2), decisions.decide(others.get(i)).code());
            assertEquals(
                    others.get(i).toString(), decisions.decide(others.get(i)).message());
        }
        assertEquals(1 + others.size(), made.get());
    }

    @Test
    void requestsWithoutEndDoNotFillTheMemory() {
        for (int i = 0; i < 3 * KnownDecisions.MOST; i++) {
            PolicyRequest request = request("caller" + i, "default", "viewer", "embed", "search", "small");
            assertEquals(request.toString(), decisions.decide(request).message());
            assertTrue(decisions.size() <= KnownDecisions.MOST, decisions.size() + " decisions are kept");
        }
        assertEquals(3 * KnownDecisions.MOST, made.get());
    }

    @Test
    void aFailureIsNotKept() {
        PolicyRequest broken = request("ann", "default", "viewer", "broken", "search", "small");
        assertThrows(IllegalStateException.class, () -> decisions.decide(broken));
        assertEquals(0, decisions.size());
    }
}
