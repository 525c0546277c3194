package org.candor.energy.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessClockTest {

    private static final long STEP = 10_000_000;

    @Test
    @EnabledOnOs(OS.LINUX)
    void theSystemsClockAgreesWithTheJavaMachines() {
        LongSupplier system = ProcessClock.ofSystem();
        LongSupplier java = ProcessClock.ofJava();
        long before = system.getAsLong();
        long between = java.getAsLong();
        long after = system.getAsLong();
        // The bean's figure is of another accounting of the same thing, cut to its steps for user and system time each.
        assertTrue(between >= before - 3 * STEP, before + " " + between);
        assertTrue(between <= after + 3 * STEP, between + " " + after);
    }

    @Test
    void theClockNeverGoesBackAndMovesWithWork() {
        LongSupplier clock = ProcessClock.find();
        long start = clock.getAsLong();
        long last = start;
        double work = 1;
        while (last - start < 5 * STEP) {
            for (int i = 0; i < 100_000; i++) {
                work = Math.sqrt(work + i);
            }
            long now = clock.getAsLong();
            assertTrue(now >= last, last + " " + now);
            last = now;
        }
        assertTrue(work > 0);
    }
}
