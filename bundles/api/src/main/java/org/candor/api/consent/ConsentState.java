package org.candor.api.consent;

/** State of consent of a subject for a purpose. */
public enum ConsentState {
    GRANTED,
    WITHDRAWN,
    ERASED
}
