package org.candor.api.model;

/** No revision serves the route now: the message says which route and why. */
public class ModelUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message route and reason */
    public ModelUnavailableException(String message) {
        super(message);
    }
}
