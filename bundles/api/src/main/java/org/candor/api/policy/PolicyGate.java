package org.candor.api.policy;

/** Decides; what is not permitted is denied. One immutable snapshot decides each request. Thread safe. */
public interface PolicyGate {

    /** Decides one request. Never throws for a well-formed request. */
    Decision decide(PolicyRequest request);

    /**
     * What {@link #decide} would say, for showing people what they may do. Nothing is done after it, so nothing of it is kept
     * for replays.
     */
    default Decision consider(PolicyRequest request) {
        return decide(request);
    }

    /** The policy in force. */
    PolicyId policy();
}
