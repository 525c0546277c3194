package org.candor.api.generate;

/** Text was not generated; the message says why and what is allowed. */
public final class GenerationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure. */
    public enum Kind {
        /** The request is wrong. */
        INVALID,
        /** Too much waits already: the same request may succeed a little later. */
        BUSY,
        /** Nobody wanted the text any more, or the model was closed. */
        CANCELLED,
        /** The model could not do it. */
        FAILED
    }

    private final Kind kind;
    private final String parameter;

    /** @param parameter of the request that is wrong, by its OpenAI name; null for none */
    public GenerationException(Kind kind, String parameter, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.parameter = parameter;
    }

    public GenerationException(Kind kind, String message) {
        this(kind, null, message, null);
    }

    public Kind kind() {
        return kind;
    }

    /** The parameter that is wrong, or null. */
    public String parameter() {
        return parameter;
    }
}
