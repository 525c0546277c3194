package org.candor.api.policy;

/** Decides; what is not permitted is denied. One immutable snapshot decides each request. Thread safe. */
public interface PolicyGate {

    /** Decides one request. Never throws for a well-formed request. */
    Decision decide(PolicyRequest request);

    /** The policy in force. */
    PolicyId policy();
}
