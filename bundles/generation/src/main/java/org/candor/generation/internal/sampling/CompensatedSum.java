package org.candor.generation.internal.sampling;

import java.util.function.IntToDoubleFunction;

/** A sum with the rounding errors added up beside it: Neumaier, ZAMM 54 (1974), algorithm IV. */
final class CompensatedSum {
    private double sum;
    private double error;

    void add(double term) {
        double next = sum + term;
        error += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
        sum = next;
    }

    CompensatedSum addAll(int count, IntToDoubleFunction term) {
        for (int i = 0; i < count; i++) {
            add(term.applyAsDouble(i));
        }
        return this;
    }

    double value() {
        return sum + error;
    }
}
