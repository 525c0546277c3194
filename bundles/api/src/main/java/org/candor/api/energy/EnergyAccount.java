package org.candor.api.energy;

/** The running account of one operation. Used by one thread; closing without settling gives its share to idling. */
public interface EnergyAccount extends AutoCloseable {

    /**
     * Reports processor time spent for this operation on other threads than the one that opened the account; that
     * thread's own time is counted by itself.
     */
    void work(long busyNanos);

    /** Ends the account and says what the operation took. Call once. */
    EnergyShare settle();

    @Override
    void close();
}
