package org.candor.energy.internal;

import java.io.IOException;

/** A counter gives no figure; the message says which, why, and what to do. */
final class MeterUnreadableException extends IOException {
    private static final long serialVersionUID = 1L;

    MeterUnreadableException(String message, Throwable cause) {
        super(message, cause);
    }
}
