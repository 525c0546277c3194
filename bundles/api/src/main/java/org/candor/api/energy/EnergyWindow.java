package org.candor.api.energy;

import java.time.Instant;
import java.util.Map;

/**
 * What was metered in one stretch of time. Joules of all operations and of idling add up to {@code joules}.
 *
 * @param start of the stretch; it ends where the next begins
 * @param joules meter's reading; a share that was given back later may make a part of it negative
 * @param idleJoules share of no operation
 * @param operations by kind of operation, those that were settled in it
 */
public record EnergyWindow(Instant start, double joules, double idleJoules, Map<String, Operations> operations) {

    /** Names of the operations are in no order. */
    public EnergyWindow {
        operations = Map.copyOf(operations);
    }

    /**
     * @param joules of all of them
     * @param count how many were settled
     */
    public record Operations(double joules, long count) {}
}
