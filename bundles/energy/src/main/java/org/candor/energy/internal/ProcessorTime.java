package org.candor.energy.internal;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

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
        // By name, because the bean's interface with this attribute lies in a package that bundles cannot import.
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName system;
        try {
            system = new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME);
        } catch (JMException e) {
            throw new IllegalStateException("the platform's own name is well formed", e);
        }
        return new ProcessorTime() {
            @Override
            public long wallNanos() {
                return System.nanoTime();
            }

            @Override
            public long processNanos() {
                try {
                    return (Long) beans.getAttribute(system, "ProcessCpuTime");
                } catch (JMException e) {
                    throw new IllegalStateException("this Java machine does not tell its processor time", e);
                }
            }

            @Override
            public long threadNanos(Thread thread) {
                return thread.isVirtual() ? -1 : threads.getThreadCpuTime(thread.threadId());
            }
        };
    }
}
