package org.candor.retrieval.internal.text;

import java.io.IOException;

/** A file cannot be read as what its extension says, or exceeds a limit. The message says which rule. */
public final class UnreadableDocumentException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message rule and place */
    public UnreadableDocumentException(String message) {
        super(message);
    }

    /**
     * @param message rule and place
     * @param cause what the reader met
     */
    public UnreadableDocumentException(String message, Throwable cause) {
        super(message, cause);
    }
}
