package org.candor.api.policy;

import java.util.List;

/**
 * The policies that are installed, and which one decides. Activation is explicit, recorded durably with actor and reason
 * before it takes effect, and takes effect with one write: a decision is made by one policy, whole. A policy that is
 * refused never decides, and the one before it goes on. Thread safe.
 */
public interface PolicyRegistry {

    /** Everything that could decide, the active one included, and what was refused with the reason; sorted by name and version. */
    List<PolicyCandidate> candidates();

    /** The activation in force, or null while nothing decides. */
    PolicyActivation active();

    /** Activations, oldest first. */
    List<PolicyActivation> history();

    /**
     * Runs a policy's own tests; changes nothing.
     *
     * @throws PolicyException UNKNOWN or REFUSED
     */
    PolicyTests test(String name, String version);

    /**
     * Decides recent decisions again with another policy, to show what it would change; changes nothing.
     *
     * @param decisions how many of the newest, at least 1
     * @throws PolicyException UNKNOWN, REFUSED or STORAGE
     */
    PolicyReplay replay(String name, String version, int decisions);

    /**
     * Lets a policy decide from now on. Its own tests run first; the activation is on the disk before it takes effect.
     *
     * @param actor who wants it
     * @param reason why, not blank
     * @throws PolicyException UNKNOWN, REFUSED, TESTS_FAILED or STORAGE; then the policy before it stays in force
     */
    PolicyActivation activate(String name, String version, String actor, String reason);

    /**
     * Activates the policy that was in force before the current one.
     *
     * @throws PolicyException NOTHING_BEFORE, and as {@link #activate}
     */
    PolicyActivation rollBack(String actor, String reason);
}
