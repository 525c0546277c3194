package org.candor.api.policy;

/** A policy was not found, not accepted or not put in force. The message says which, why, and what is allowed. */
public final class PolicyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** No such policy is installed. */
        UNKNOWN,
        /** The policy is damaged or says something that is not allowed. */
        REFUSED,
        /** The policy's own tests do not hold. */
        TESTS_FAILED,
        /** There is no earlier policy to return to. */
        NOTHING_BEFORE,
        /** The record could not be read or written. */
        STORAGE
    }

    private final Kind kind;

    /** @param cause or null */
    public PolicyException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }
}
