package org.candor.tokenizer.internal.regex;

/** A regular expression that is damaged or uses what is not supported; the message says what and where. */
public final class RegexSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    RegexSyntaxException(String message) {
        super(message);
    }
}
