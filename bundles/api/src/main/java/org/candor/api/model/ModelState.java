package org.candor.api.model;

/** Where a revision is in its life. */
public enum ModelState {
    /** Its pack is present. */
    INSTALLED,
    /** Digests and limits hold. */
    VERIFIED,
    /** Weights are in a backend's memory. */
    LOADED,
    /** Its golden inputs gave the golden outputs. */
    TESTED,
    /** Its route points to it. */
    ACTIVE,
    /** No longer active; leases are still out. */
    DRAINING,
    /** No longer active, no leases out, still loaded for a while: the way back to it costs nothing. */
    STANDBY,
    /** Unloaded. */
    CLOSED,
    /** A check failed; never becomes active. */
    FAILED
}
