package org.candor.proof;

/** Something presented as a proof is none: the message says what is wrong with it. */
public final class InvalidProofException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong */
    public InvalidProofException(String message) {
        super(message);
    }

    /**
     * @param message what is wrong
     * @param cause where it was found
     */
    public InvalidProofException(String message, Throwable cause) {
        super(message, cause);
    }
}
