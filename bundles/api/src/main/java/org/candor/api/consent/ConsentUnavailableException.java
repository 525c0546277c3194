package org.candor.api.consent;

/** The consent store cannot be reached; nothing is permitted until it can. */
public final class ConsentUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what failed
     * @param cause the store's complaint
     */
    public ConsentUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
