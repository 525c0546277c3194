package org.candor.energy.internal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's processor time, in nanoseconds. Every operation reads it several times, so on Linux it comes from the
 * system's own clock: the Java machine's bean moves in steps of 10 ms and takes longer to ask than some operations run.
 */
final class ProcessClock {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessClock.class);
    /** POSIX, clock_getres: CLOCK_PROCESS_CPUTIME_ID, as Linux numbers it. */
    private static final int PROCESS = 2;

    private static final long NANOS = 1_000_000_000;

    private ProcessClock() {}

    /** The best clock there is here. Thread safe. */
    static LongSupplier find() {
        if (System.getProperty("os.name").equals("Linux") && ValueLayout.ADDRESS.byteSize() == Long.BYTES) {
            try {
                LongSupplier clock = ofSystem();
                clock.getAsLong();
                return clock;
            } catch (RuntimeException | LinkageError e) {
                LOG.info("Processor time comes from the Java machine, in steps of 10 ms: {}", e.toString());
            }
        }
        return ofJava();
    }

    /** clock_gettime(2). */
    static LongSupplier ofSystem() {
        Linker linker = Linker.nativeLinker();
        MethodHandle read = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("clock_gettime"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
                Linker.Option.critical(true));
        return () -> {
            long[] time = new long[2];
            int failed;
            try {
                failed = (int) read.invokeExact(PROCESS, MemorySegment.ofArray(time));
            } catch (Throwable e) {
                throw new IllegalStateException("clock_gettime cannot be called", e);
            }
            if (failed != 0) {
                throw new IllegalStateException("the system does not tell the process's processor time");
            }
            return time[0] * NANOS + time[1];
        };
    }

    /** By name, because the bean's interface with this attribute lies in a package that bundles cannot import. */
    static LongSupplier ofJava() {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName system;
        try {
            system = new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME);
        } catch (JMException e) {
            throw new IllegalStateException("the platform's own name is well formed", e);
        }
        return () -> {
            try {
                return (Long) beans.getAttribute(system, "ProcessCpuTime");
            } catch (JMException e) {
                throw new IllegalStateException("this Java machine does not tell its processor time", e);
            }
        };
    }
}
