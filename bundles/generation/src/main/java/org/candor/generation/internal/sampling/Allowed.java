package org.candor.generation.internal.sampling;

/** Checks of settings; each error names the key, the value and what is allowed. */
final class Allowed {
    private Allowed() {}

    static double between(String key, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw refused(key, value, "numbers from " + text(low) + " to " + text(high));
        }
        return value;
    }

    static double above(String key, double value, double low, double high) {
        if (!(value > low && value <= high)) {
            throw refused(key, value, "numbers above " + text(low) + " up to " + text(high));
        }
        return value;
    }

    static int between(String key, int value, int low, int high) {
        if (value < low || value > high) {
            throw refused(key, value, "whole numbers from " + low + " to " + high);
        }
        return value;
    }

    static int token(String key, int value) {
        return between(key, value, 0, Integer.MAX_VALUE);
    }

    static IllegalArgumentException refused(String key, Object value, String allowed) {
        return new IllegalArgumentException(key + ": " + value + " is not allowed; allowed are " + allowed);
    }

    private static String text(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                ? Long.toString((long) bound)
                : Double.toString(bound);
    }
}
