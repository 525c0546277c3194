package org.candor.api.transparency;

/** The log cannot take or give an entry: the message says why and what to do. */
public final class LogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message why, and what to do */
    public LogUnavailableException(String message) {
        super(message);
    }

    /**
     * @param message why, and what to do
     * @param cause what the disk said
     */
    public LogUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
