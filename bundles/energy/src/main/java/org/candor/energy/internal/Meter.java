package org.candor.energy.internal;

/** A counter of energy. Not thread safe: its owner takes turns. */
interface Meter {

    /** How the joules come about: {@code rapl}, {@code nvml} or {@code estimate}. */
    String method();

    /** What is read, for people. */
    String description();

    /** Why the figures are less than a measurement, or empty. */
    String reservation();

    /**
     * Joules since the meter was made; never falls.
     *
     * @throws MeterUnreadableException when the counter cannot be read now; the next reading counts from the last good one
     */
    double joules() throws MeterUnreadableException;
}
