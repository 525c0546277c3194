package org.candor.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Ratios of pairs that were measured one right after the other: their geometric mean and its 95 % interval. */
final class Ratios {

    private static final double NORMAL = 1.959964;

    private final List<Double> logarithms = new ArrayList<>();

    void add(double ratio) {
        logarithms.add(Math.log(ratio));
    }

    int count() {
        return logarithms.size();
    }

    double mean() {
        return Math.exp(average());
    }

    double lower() {
        return Math.exp(average() - half());
    }

    double upper() {
        return Math.exp(average() + half());
    }

    private double average() {
        return logarithms.stream().mapToDouble(value -> value).average().orElseThrow();
    }

    /** Half of the interval: Student's t at 97.5 % times the standard error. */
    private double half() {
        int freedom = count() - 1;
        if (freedom < 1) {
            throw new IllegalStateException("an interval needs two pairs at least");
        }
        double average = average();
        double variance = logarithms.stream()
                        .mapToDouble(value -> (value - average) * (value - average))
                        .sum()
                / freedom;
        return student(freedom) * Math.sqrt(variance / count());
    }

    /** Abramowitz and Stegun 26.7.5, from the normal distribution's quantile: off by less than 0.01 from 5 degrees on. */
    static double student(int freedom) {
        double z = NORMAL;
        double z3 = z * z * z;
        double z5 = z3 * z * z;
        double z7 = z5 * z * z;
        return z
                + (z3 + z) / (4 * freedom)
                + (5 * z5 + 16 * z3 + 3 * z) / (96.0 * freedom * freedom)
                + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384.0 * freedom * freedom * freedom);
    }
}
