package org.candor.api.compute;

/** A device failed or its memory is exhausted: the message says which operation, on which device, and why. */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message operation, device and reason */
    public BackendException(String message) {
        super(message);
    }

    /**
     * @param message operation, device and reason
     * @param cause what the device or its driver reported
     */
    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
