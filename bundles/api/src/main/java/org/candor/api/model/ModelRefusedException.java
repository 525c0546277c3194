package org.candor.api.model;

/**
 * A pack or revision fails a check, or may not be changed like this: the message says in one line what is wrong. Nothing
 * was changed, and waiting does not help.
 */
public final class ModelRefusedException extends ModelUnavailableException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, in one line */
    public ModelRefusedException(String message) {
        super(message);
    }
}
