package org.candor.compute.cpu.internal;

/** The error function in binary64, from its series and its continued fraction (Abramowitz and Stegun 7.1.6, 7.1.14). */
final class ErrorFunction {

    private static final double ROOT_PI = Math.sqrt(Math.PI);

    private ErrorFunction() {}

    /** x / 2 * (1 + erf(x / sqrt 2)), accurate also where erf is close to -1. */
    static double gelu(double x) {
        if (x == Double.NEGATIVE_INFINITY) {
            return -0.0;
        }
        return x / 2 * complement(-x / Math.sqrt(2));
    }

    /** 1 - erf(x) */
    static double complement(double x) {
        if (x < 0) {
            return 2 - complement(-x);
        }
        if (x < 2) {
            return 1 - series(x);
        }
        return x > 27.5 ? 0 : Math.exp(-x * x) / ROOT_PI * fraction(x);
    }

    /** erf(x) = 2 / sqrt(pi) * exp(-x²) * sum of 2^n x^(2n+1) / (1 · 3 · … · (2n+1)): no cancellation. */
    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > sum * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / ROOT_PI * Math.exp(-x * x) * sum;
    }

    /** 1 / (x + (1/2) / (x + 1 / (x + (3/2) / (x + …)))), from the inside out. */
    private static double fraction(double x) {
        double tail = x;
        for (int n = 120; n > 0; n--) {
            tail = x + n / 2.0 / tail;
        }
        return 1 / tail;
    }
}
