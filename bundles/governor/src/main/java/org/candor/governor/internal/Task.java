package org.candor.governor.internal;

import java.io.IOException;
import java.util.Map;

/**
 * The work of one operation, in the steps between which the path governs.
 *
 * @param <T> what it yields
 */
interface Task<T> {

    /**
     * What the request leads to as things are now, in digests, as JSON values by name: committed with the request, and what
     * a second person approves. Asked once, when the policy permits the operation. Does not fail: what is not there is
     * left out, and the work finds that out.
     */
    default Map<String, Object> exactly() {
        return Map.of();
    }

    /**
     * Does the work.
     *
     * @param permit what the operation may see
     * @param meter told of processor time on other threads, and where a stream waits before it tells anything
     * @throws IOException reported as unavailable
     */
    T perform(Permit permit, Meter meter) throws IOException;

    /**
     * Whether {@link #mask} masks all the text that comes out. Where it does not, nothing is done under a policy that wants it
     * masked; what changes something is done all the same, and what it tells is masked where this says so.
     */
    default boolean masks() {
        return false;
    }

    /** Masks what the policy wants masked; asked only then. */
    default T mask(T result, Masking masking) {
        throw new IllegalStateException("nothing is masked here");
    }

    /** Adds what came out, as JSON values by name: committed in the log entry. */
    void describe(T result, Map<String, Object> members);

    /** What the work tells the path, and waits for. */
    interface Meter {

        /** Takes processor time, in nanoseconds, that threads other than the caller's spent on the operation. */
        void work(long busyNanos);

        /**
         * Waits until the log has the operation's begin: before anything of a {@link Operation.Effect#STREAM} is told.
         *
         * @throws org.candor.api.operation.OperationException UNAVAILABLE when the log did not take it
         */
        default void awaitBegin() {}
    }
}
