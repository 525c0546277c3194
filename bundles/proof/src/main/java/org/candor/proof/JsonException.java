package org.candor.proof;

/** Text is not JSON, or JSON with more than one meaning: the message says what and at which character. */
public final class JsonException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** @param message what and where */
    public JsonException(String message) {
        super(message);
    }
}
