package org.candor.api.operation;

/** An operation was not done: the message says why, what, and what to do; the code is stable. */
public final class OperationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure. */
    public enum Kind {
        /** The request is wrong. */
        INVALID,
        /** The policy says no. */
        DENIED,
        /** What the request names does not exist. */
        NOT_FOUND,
        /** Too much is going on; try again shortly. */
        BUSY,
        /** A required service is missing or failed; try later. */
        UNAVAILABLE
    }

    private final Kind kind;
    private final String code;
    private final String parameter;
    private final transient Evidence evidence;

    /**
     * @param code stable, for example {@code policy-denied}
     * @param message for people
     */
    public OperationException(Kind kind, String code, String message) {
        this(kind, code, message, null, null);
    }

    /**
     * @param code stable, for example {@code policy-denied}
     * @param message for people
     * @param parameter name of the wrong parameter, or null
     * @param cause or null
     */
    public OperationException(Kind kind, String code, String message, String parameter, Throwable cause) {
        this(kind, code, message, parameter, cause, null);
    }

    private OperationException(
            Kind kind, String code, String message, String parameter, Throwable cause, Evidence evidence) {
        super(message, cause);
        this.kind = kind;
        this.code = code;
        this.parameter = parameter;
        this.evidence = evidence;
    }

    /**
     * The policy said no, and that is in the log.
     *
     * @param code the policy's reason code
     * @param message for people
     * @param evidence of the refusal
     */
    public static OperationException denied(String code, String message, Evidence evidence) {
        return new OperationException(Kind.DENIED, code, message, null, null, evidence);
    }

    /** What kind of failure. */
    public Kind kind() {
        return kind;
    }

    /** Stable code. */
    public String code() {
        return code;
    }

    /** Name of the wrong parameter, or null. */
    public String parameter() {
        return parameter;
    }

    /** What proves a refusal, or null. */
    public Evidence evidence() {
        return evidence;
    }
}
