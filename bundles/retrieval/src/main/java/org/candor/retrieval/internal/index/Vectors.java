package org.candor.retrieval.internal.index;

/** Arithmetic on vectors. */
final class Vectors {
    private Vectors() {}

    /** The vector scaled to Euclidean length 1; a zero or not finite one becomes the first unit vector, near nothing. */
    static float[] unit(float[] vector) {
        double squares = 0;
        for (float x : vector) {
            squares += (double) x * x;
        }
        float[] unit = vector.clone();
        if (!(squares > 0) || Double.isInfinite(squares)) {
            java.util.Arrays.fill(unit, 0);
            unit[0] = 1;
            return unit;
        }
        float scale = (float) (1 / Math.sqrt(squares));
        for (int i = 0; i < unit.length; i++) {
            unit[i] *= scale;
        }
        return unit;
    }
}
