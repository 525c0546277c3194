package org.candor.policy.internal.cedar;

/** Something of the Cedar language that the compiled evaluator leaves to Cedar's own core. The message names it. */
public final class NotCoveredException extends Exception {
    private static final long serialVersionUID = 1L;

    NotCoveredException(String message) {
        super(message);
    }
}
