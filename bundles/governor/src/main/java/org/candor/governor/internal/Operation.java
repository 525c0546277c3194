package org.candor.governor.internal;

import java.util.Map;
import org.candor.api.operation.Caller;

/**
 * One operation as the path sees it, before anything is done.
 *
 * @param name for example {@code admin.consent.withdraw}
 * @param caller who asks
 * @param purpose what for
 * @param effect what doing it needs
 * @param request what is asked, as JSON values by name: committed in every log entry of the operation
 */
record Operation(String name, Caller caller, String purpose, Effect effect, Map<String, Object> request) {

    /** What doing an operation needs. */
    enum Effect {
        /** Cheap, changes nothing. */
        READ,
        /** Runs models: takes one of a bounded number of places. */
        COMPUTE,
        /** Changes something: its begin is in the log before the change is made. */
        CHANGE
    }
}
