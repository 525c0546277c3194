package org.candor.gateway.internal;

import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts of values up to given bounds, as Prometheus has them. Thread safe. */
final class Histogram {

    private final double[] bounds;
    private final LongAdder[] counts;
    private final DoubleAdder sum = new DoubleAdder();

    Histogram(double... bounds) {
        this.bounds = bounds.clone();
        counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void record(double value) {
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(value);
    }

    /** Writes the series of one set of labels; counts are cumulative. */
    void write(MetricsText text, String name, String... labels) {
        long total = 0;
        for (int i = 0; i <= bounds.length; i++) {
            total += counts[i].sum();
            String[] more = Arrays.copyOf(labels, labels.length + 2);
            more[labels.length] = "le";
            more[labels.length + 1] = i == bounds.length ? "+Inf" : MetricsText.number(bounds[i]);
            text.sample(name + "_bucket", total, more);
        }
        text.sample(name + "_sum", sum.sum(), labels);
        text.sample(name + "_count", total, labels);
    }
}
