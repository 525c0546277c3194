package org.candor.energy.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A clock, a processor and a meter that do what a test says. */
final class FakeMachine implements ProcessorTime, Meter {
    private final Map<Thread, Long> threads = new ConcurrentHashMap<>();
    private long wall = 1_000_000;
    private long process = 500_000;
    private double joules;
    String failure = "";

    synchronized void pass(long nanos, long busyNanos, double joules) {
        wall += nanos;
        process += busyNanos;
        this.joules += joules;
    }

    /** The thread computed; part of the process's time, which {@link #pass} counts. */
    void compute(Thread thread, long nanos) {
        threads.merge(thread, nanos, Long::sum);
    }

    @Override
    public synchronized long wallNanos() {
        return wall;
    }

    @Override
    public synchronized long processNanos() {
        return process;
    }

    @Override
    public long threadNanos(Thread thread) {
        return thread.isVirtual() ? -1 : threads.getOrDefault(thread, 0L);
    }

    @Override
    public String method() {
        return "rapl";
    }

    @Override
    public String description() {
        return "fake";
    }

    @Override
    public String reservation() {
        return "";
    }

    @Override
    public synchronized double joules() throws MeterUnreadableException {
        if (!failure.isEmpty()) {
            throw new MeterUnreadableException(failure, null);
        }
        return joules;
    }
}
