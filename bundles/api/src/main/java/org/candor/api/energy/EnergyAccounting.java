package org.candor.api.energy;

/**
 * Gives every operation its share of the energy the machine used. Shares of all operations and of idling add up to the
 * meter's reading. Thread safe.
 */
public interface EnergyAccounting {

    /**
     * Opens the account of one operation; its share starts now.
     *
     * @param operation for example {@code answer}
     */
    EnergyAccount open(String operation);

    /** What is metered and how, and the sums so far. */
    EnergyStatus status();
}
