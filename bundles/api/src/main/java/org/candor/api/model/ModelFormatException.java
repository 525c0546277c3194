package org.candor.api.model;

import java.io.IOException;

/** A model's files cannot be used: the message names the file, the rule and, where known, the tensor. */
public final class ModelFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message file, rule, tensor */
    public ModelFormatException(String message) {
        super(message);
    }

    /**
     * @param message file, rule, tensor
     * @param cause what was found
     */
    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
