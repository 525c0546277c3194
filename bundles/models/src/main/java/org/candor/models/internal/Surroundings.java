package org.candor.models.internal;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.candor.api.model.ModelTransition;
import org.candor.proof.PackTrust;

/**
 * What a revision needs of its surroundings.
 *
 * @param store where its files are kept
 * @param content says what fills the store
 * @param trust the rules of this moment
 * @param memory how much models may take
 * @param standby how long a revision that was active stays loaded, and who ends that
 * @param steps told of each step, with the revision's monitor held: returns at once
 */
record Surroundings(
        ContentStore store,
        Supplier<String> content,
        Supplier<PackTrust> trust,
        MemoryBudget memory,
        Standby standby,
        Consumer<ModelTransition> steps) {

    /** Ends the standby of revisions. */
    interface Standby {
        /** Whether there is any. */
        boolean wanted();

        /** Runs this when the time is over; returns at once. */
        void later(Runnable end);
    }
}
