package org.candor.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What the machine can do at most: fused multiply-adds on registers, with no memory in sight. */
final class Peak implements AutoCloseable {

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int STEPS = 2_000;

    private final int threads;
    private final double[] best;
    private final ExecutorService executor;
    private volatile float sink;

    Peak(int threads) {
        this.threads = threads;
        this.best = new double[threads];
        this.executor = Executors.newCachedThreadPool();
    }

    /**
     * Runs all threads for about {@code millis} milliseconds and remembers the best millisecond of each: what the core
     * does when nobody interrupts it.
     */
    void measure(int millis) throws Exception {
        List<Future<?>> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            int thread = i;
            others.add(executor.submit(() -> loop(thread, millis)));
        }
        loop(0, millis);
        for (Future<?> other : others) {
            other.get();
        }
    }

    /** GFLOP/s of all threads, each at its best. */
    double most() {
        return Arrays.stream(best).sum();
    }

    private void loop(int thread, int millis) {
        long begin = System.nanoTime();
        float sum = 0;
        for (long now = begin; now - begin < millis * 1_000_000L; ) {
            long window = now;
            long calls = 0;
            while (now - window < 1_000_000L) {
                sum += chains(STEPS);
                calls++;
                now = System.nanoTime();
            }
            double rate = 2.0 * LANE.length() * CHAINS * STEPS * calls / (now - window);
            best[thread] = Math.max(best[thread], rate);
        }
        sink = sum;
    }

    /** Twelve independent chains: more than the latency times the number of units of any processor at hand. */
    private static float chains(int steps) {
        FloatVector x = FloatVector.broadcast(LANE, 0.999f);
        FloatVector y = FloatVector.broadcast(LANE, 0.001f);
        FloatVector a = FloatVector.broadcast(LANE, 1);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        FloatVector e = a;
        FloatVector f = a;
        FloatVector g = FloatVector.broadcast(LANE, 2);
        FloatVector h = g;
        FloatVector i = g;
        FloatVector j = g;
        FloatVector k = g;
        FloatVector l = g;
        for (int step = 0; step < steps; step++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        FloatVector sum = a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l);
        return sum.lane(0);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
