package org.candor.api.operation;

import java.time.Duration;
import java.util.List;
import org.candor.api.energy.EnergyStatus;
import org.candor.api.energy.EnergyWindow;

/** Operation {@code admin.energy.history}. Thread safe. */
public interface Energy {

    /** Longest stretch that may be asked for. */
    int MOST_MINUTES = 1_440;

    /**
     * @param status sums since the meter was started
     * @param window length of a window
     * @param windows oldest first; the last one is still growing
     */
    record History(EnergyStatus status, Duration window, List<EnergyWindow> windows) {}

    /**
     * What was metered. Needs the permit of {@code admin.energy.history}; it shows sums of the machine, no data of any
     * tenant, and writes no log entry unless refused.
     *
     * @param minutes 1 to {@link #MOST_MINUTES}
     * @throws OperationException INVALID, DENIED or UNAVAILABLE
     */
    History history(Caller caller, int minutes);
}
