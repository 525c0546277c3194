package org.candor.energy.internal;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/** Clocks of this process. Thread safe. */
interface ProcessorTime {

    /** Nanoseconds of a clock that never goes back. */
    long wallNanos();

    /** Processor time of all threads since the process began, in nanoseconds. */
    long processNanos();

    /** Processor time of the thread in nanoseconds, or -1: a virtual thread has no clock of its own. */
    long threadNanos(Thread thread);

    /** The clocks of the running Java machine. */
    static ProcessorTime ofThisProcess() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        LongSupplier process = ProcessClock.find();
        return new ProcessorTime() {
            @Override
            public long wallNanos() {
                return System.nanoTime();
            }

            @Override
            public long processNanos() {
                return process.getAsLong();
            }

            @Override
            public long threadNanos(Thread thread) {
                return thread.isVirtual() ? -1 : threads.getThreadCpuTime(thread.threadId());
            }
        };
    }
}
