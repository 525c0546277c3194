package org.candor.api.operation;

import java.util.List;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyTests;

/** Operations {@code admin.policies.*}. Every method throws {@link OperationException}. Thread safe. */
public interface Policies {

    /** Most decisions that one replay looks at. */
    int MOST_REPLAYED = 100_000;

    /**
     * @param active in force, or null while nothing decides
     * @param candidates everything that is installed
     * @param history activations, oldest first
     */
    record Overview(PolicyActivation active, List<PolicyCandidate> candidates, List<PolicyActivation> history) {}

    /**
     * @param activation that is in force now
     * @param evidence its log entry is durable
     */
    record Change(PolicyActivation activation, Evidence evidence) {}

    /** Operation {@code admin.policies.list}. */
    Overview list(Caller caller);

    /** Operation {@code admin.policies.test}. */
    PolicyTests test(Caller caller, String name, String version);

    /**
     * Operation {@code admin.policies.replay}.
     *
     * @param decisions 1 to {@link #MOST_REPLAYED}
     */
    PolicyReplay replay(Caller caller, String name, String version, int decisions);

    /** Operation {@code admin.policies.activate}. */
    Change activate(Caller caller, String name, String version, String reason);

    /** Operation {@code admin.policies.rollback}. */
    Change rollBack(Caller caller, String reason);
}
