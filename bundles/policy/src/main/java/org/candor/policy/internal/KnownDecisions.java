package org.candor.policy.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyRequest;

/**
 * Decides by one policy and keeps what it decided: a policy gives the same request the same decision, and most requests are
 * like one before. In memory only, and as long as the policy is in force. Thread safe.
 */
final class KnownDecisions {

    /** More than callers, operations and purposes that are in use at one time. */
    static final int MOST = 2_048;

    private final Policy policy;
    private final Map<PolicyRequest, Decision> known = new ConcurrentHashMap<>();

    KnownDecisions(Policy policy) {
        this.policy = policy;
    }

    Decision decide(PolicyRequest request) {
        Decision decision = known.get(request);
        if (decision == null) {
            decision = policy.decide(request);
            if (known.size() >= MOST) {
                // Requests that are all different: what they lead to is not worth keeping.
                known.clear();
            }
            known.put(request, decision);
        }
        return decision;
    }

    int size() {
        return known.size();
    }
}
