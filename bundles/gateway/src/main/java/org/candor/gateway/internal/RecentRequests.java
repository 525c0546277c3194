package org.candor.gateway.internal;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Times of the requests of the last minute, in one ring of seconds. A time is known to an eighth of its power of two, and a
 * percentile is the upper end of that step. Thread safe.
 */
final class RecentRequests {

    private static final int SECONDS = 60;
    private static final int RATE_SECONDS = 10;
    private static final int STEPS = 8;
    private static final int BUCKETS = 64 * STEPS;

    /**
     * @param perSecond over the last ten seconds
     * @param p50Millis over the last minute, or NaN where there was none
     * @param p99Millis over the last minute, or NaN where there was none
     */
    record View(double perSecond, double p50Millis, double p99Millis) {}

    private final LongSupplier nanoTime;
    private final long origin;
    private final int[][] counts = new int[SECONDS + 1][BUCKETS];
    private final long[] second = new long[SECONDS + 1];

    RecentRequests(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
        Arrays.fill(second, -1);
    }

    synchronized void record(long nanos) {
        long now = now();
        int slot = (int) (now % counts.length);
        if (second[slot] != now) {
            second[slot] = now;
            Arrays.fill(counts[slot], 0);
        }
        counts[slot][bucket(Math.max(1, nanos))]++;
    }

    /** Seconds that have ended count; the present one would make the rate jump. */
    synchronized View view() {
        long now = now();
        long[] sum = new long[BUCKETS];
        long all = 0;
        long recent = 0;
        for (int slot = 0; slot < counts.length; slot++) {
            long age = now - second[slot];
            if (second[slot] < 0 || age > SECONDS) {
                continue;
            }
            for (int i = 0; i < BUCKETS; i++) {
                int count = counts[slot][i];
                sum[i] += count;
                all += count;
                recent += age >= 1 && age <= RATE_SECONDS ? count : 0;
            }
        }
        return new View((double) recent / RATE_SECONDS, percentile(sum, all, 0.5), percentile(sum, all, 0.99));
    }

    private static double percentile(long[] sum, long all, double share) {
        if (all == 0) {
            return Double.NaN;
        }
        long wanted = Math.max(1, (long) Math.ceil(all * share));
        long seen = 0;
        int bucket = 0;
        while (true) {
            seen += sum[bucket];
            if (seen >= wanted) {
                return upper(bucket) / 1e6;
            }
            bucket++;
        }
    }

    private static int bucket(long nanos) {
        int power = 63 - Long.numberOfLeadingZeros(nanos);
        int step = power < 3 ? 0 : (int) (nanos >>> (power - 3)) & (STEPS - 1);
        return power * STEPS + step;
    }

    private static double upper(int bucket) {
        return Math.scalb(1 + (bucket % STEPS + 1) / (double) STEPS, bucket / STEPS);
    }

    private long now() {
        return (nanoTime.getAsLong() - origin) / 1_000_000_000L;
    }
}
