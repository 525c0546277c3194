package org.candor.api.tokenize;

import java.io.IOException;

/** A tokenizer file cannot be used: the message names the file, the key, what was found and what is allowed. */
public final class TokenizerFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message file, key, what was found, what is allowed */
    public TokenizerFormatException(String message) {
        super(message);
    }

    /**
     * @param message file, key, what was found, what is allowed
     * @param cause the parser's complaint
     */
    public TokenizerFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
