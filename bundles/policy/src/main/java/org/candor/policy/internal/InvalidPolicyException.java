package org.candor.policy.internal;

/** A policy that must not come into force. The message names key, value and what is allowed. */
final class InvalidPolicyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidPolicyException(String key, Object value, String allowed) {
        super("org.candor.policy: %s = \"%s\" is not valid: %s".formatted(key, value, allowed));
    }
}
