package org.candor.governor.internal;

import java.util.LinkedHashMap;
import java.util.Map;

/** Milliseconds by step of one operation, for people. Used by one thread. */
final class Timings {

    private static final double NANOS_PER_MICRO = 1_000;

    private final long begin = System.nanoTime();
    private final Map<String, Object> steps = new LinkedHashMap<>();
    private long last = begin;

    /** Ends a step. */
    void lap(String step) {
        long now = System.nanoTime();
        steps.put(step, millis(now - last));
        last = now;
    }

    /** All steps, and their sum as {@code total}. */
    Map<String, Object> total() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("total", millis(last - begin));
        result.putAll(steps);
        return result;
    }

    private static double millis(long nanos) {
        return Math.round(nanos / NANOS_PER_MICRO) / 1_000.0;
    }
}
