package org.candor.policy.internal;

/** A policy pack that must not come into force. The message names file, key, value and what is allowed. */
final class InvalidPackException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidPackException(String message) {
        super(message);
    }
}
