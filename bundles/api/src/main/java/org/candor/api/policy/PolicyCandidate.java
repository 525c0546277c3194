package org.candor.api.policy;

import java.util.Map;

/**
 * A policy that is installed.
 *
 * @param policy name, version and digest; the digest is empty where the policy could not be read
 * @param source where it comes from, for example {@code bundle org.candor.packs.policy-default 1.0.0}
 * @param state what it is now
 * @param reason why it is refused, in one line, or empty
 * @param trust why it may decide, such as {@code signed by packs.example.org}; empty where it is refused
 * @param card what it says about itself, as JSON values
 */
public record PolicyCandidate(
        PolicyId policy, String source, State state, String reason, String trust, Map<String, Object> card) {

    /** What a policy is now. */
    public enum State {
        /** It decides. */
        ACTIVE,
        /** It could be activated. */
        CANDIDATE,
        /** It never decides. */
        REFUSED
    }

    public PolicyCandidate {
        card = Map.copyOf(card);
    }
}
