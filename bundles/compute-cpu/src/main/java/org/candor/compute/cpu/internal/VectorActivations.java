package org.candor.compute.cpu.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.candor.api.compute.Activation;

/** Activations in place on a block of rows, one loop for each. */
final class VectorActivations {

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = LANE.length();

    private VectorActivations() {}

    /**
     * Replaces each element of a block by its activation.
     *
     * @param x holds {@code rows} rows of {@code columns} numbers, {@code stride} apart, from {@code at} on
     */
    static void apply(Activation activation, float[] x, int at, int stride, int rows, int columns) {
        for (int row = 0; row < rows; row++) {
            int first = at + row * stride;
            switch (activation) {
                case IDENTITY -> {}
                case GELU_ERF -> geluErf(x, first, columns);
                case GELU_TANH -> geluTanh(x, first, columns);
                case RELU -> relu(x, first, columns);
                case SILU -> silu(x, first, columns);
                case TANH -> tanh(x, first, columns);
            }
        }
    }

    private static void geluErf(float[] x, int at, int count) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            VectorFunctions.geluErf(FloatVector.fromArray(LANE, x, at + i)).intoArray(x, at + i);
        }
        if (whole < count) {
            VectorMask<Float> rest = LANE.indexInRange(whole, count);
            VectorFunctions.geluErf(FloatVector.fromArray(LANE, x, at + whole, rest))
                    .intoArray(x, at + whole, rest);
        }
    }

    private static void geluTanh(float[] x, int at, int count) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            VectorFunctions.geluTanh(FloatVector.fromArray(LANE, x, at + i)).intoArray(x, at + i);
        }
        if (whole < count) {
            VectorMask<Float> rest = LANE.indexInRange(whole, count);
            VectorFunctions.geluTanh(FloatVector.fromArray(LANE, x, at + whole, rest))
                    .intoArray(x, at + whole, rest);
        }
    }

    private static void relu(float[] x, int at, int count) {
        for (int i = at; i < at + count; i++) {
            x[i] = Math.max(0, x[i]);
        }
    }

    private static void silu(float[] x, int at, int count) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            VectorFunctions.silu(FloatVector.fromArray(LANE, x, at + i)).intoArray(x, at + i);
        }
        if (whole < count) {
            VectorMask<Float> rest = LANE.indexInRange(whole, count);
            VectorFunctions.silu(FloatVector.fromArray(LANE, x, at + whole, rest))
                    .intoArray(x, at + whole, rest);
        }
    }

    private static void tanh(float[] x, int at, int count) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            VectorFunctions.tanh(FloatVector.fromArray(LANE, x, at + i)).intoArray(x, at + i);
        }
        if (whole < count) {
            VectorMask<Float> rest = LANE.indexInRange(whole, count);
            VectorFunctions.tanh(FloatVector.fromArray(LANE, x, at + whole, rest))
                    .intoArray(x, at + whole, rest);
        }
    }
}
