package org.candor.policy.internal.cedar;

/** A policy that cannot be evaluated on a request, such as one that compares a text with a number by {@code <}. */
final class EvaluationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One for all, without a stack: a failure is an ordinary outcome, and only that it happened counts. */
    static final EvaluationFailure FAILURE = new EvaluationFailure();

    private EvaluationFailure() {
        super("the policy cannot be evaluated on this request", null, false, false);
    }
}
