package org.candor.api.operation;

import java.io.IOException;

/**
 * Operations {@code admin.access.*}: a surface that keeps keys and passwords changes them under the same governance as
 * everything else. Thread safe.
 */
public interface Access {

    /** A change that the surface makes itself. */
    interface Change {
        /** @throws IOException when it was not made */
        void make() throws IOException;
    }

    /**
     * Operation {@code admin.access.password}.
     *
     * @param account whose password
     * @param change makes it; runs only when it is permitted and its begin is in the log
     * @throws OperationException DENIED or UNAVAILABLE
     */
    Evidence changePassword(Caller caller, String account, Change change);
}
