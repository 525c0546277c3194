package org.candor.policy.internal.cedar;

/** A text that is no Cedar policy. The message names line and column, what was found and what is allowed. */
public final class CedarSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    CedarSyntaxException(int line, int column, String message) {
        super("line " + line + ", column " + column + ": " + message);
    }
}
