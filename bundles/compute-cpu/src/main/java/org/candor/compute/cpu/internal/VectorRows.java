package org.candor.compute.cpu.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops over one row. Sums run lane by lane and are then folded through memory: the order in which
 * {@code reduceLanes} adds is not defined and does change when a method gets compiled.
 */
final class VectorRows {

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;
    static final int LANES = LANE.length();

    private VectorRows() {}

    private static float fold(FloatVector sums, float[] lanes) {
        sums.intoArray(lanes, 0);
        float first = 0;
        float second = 0;
        float third = 0;
        float fourth = 0;
        for (int i = 0; i < LANES; i += 4) {
            first += lanes[i];
            second += lanes[i + 1];
            third += lanes[i + 2];
            fourth += lanes[i + 3];
        }
        return first + second + (third + fourth);
    }

    /** y = a + b */
    static void add(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int count) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(LANE, a, aAt + i)
                    .add(FloatVector.fromArray(LANE, b, bAt + i))
                    .intoArray(y, yAt + i);
        }
        for (int i = whole; i < count; i++) {
            y[yAt + i] = a[aAt + i] + b[bAt + i];
        }
    }

    /** Sum of the elements. */
    static float sum(float[] x, int at, int count, float[] lanes) {
        FloatVector sums = FloatVector.zero(LANE);
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            sums = sums.add(FloatVector.fromArray(LANE, x, at + i));
        }
        if (whole < count) {
            sums = sums.add(FloatVector.fromArray(LANE, x, at + whole, LANE.indexInRange(whole, count)));
        }
        return fold(sums, lanes);
    }

    /** Sum of (x - centre)². */
    static float squares(float[] x, int at, int count, float centre, float[] lanes) {
        FloatVector sums = FloatVector.zero(LANE);
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector difference = FloatVector.fromArray(LANE, x, at + i).sub(centre);
            sums = difference.fma(difference, sums);
        }
        if (whole < count) {
            VectorMask<Float> rest = LANE.indexInRange(whole, count);
            FloatVector difference =
                    FloatVector.fromArray(LANE, x, at + whole, rest).sub(centre);
            difference = FloatVector.zero(LANE).blend(difference, rest);
            sums = difference.fma(difference, sums);
        }
        return fold(sums, lanes);
    }

    /** y = (x - mean) * inverse * gamma + beta */
    static void normalize(
            float[] x,
            int xAt,
            float mean,
            float inverse,
            float[] gamma,
            int gammaAt,
            float[] beta,
            int betaAt,
            float[] y,
            int yAt,
            int count) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector normal =
                    FloatVector.fromArray(LANE, x, xAt + i).sub(mean).mul(inverse);
            normal.fma(FloatVector.fromArray(LANE, gamma, gammaAt + i), FloatVector.fromArray(LANE, beta, betaAt + i))
                    .intoArray(y, yAt + i);
        }
        if (whole < count) {
            VectorMask<Float> rest = LANE.indexInRange(whole, count);
            FloatVector normal =
                    FloatVector.fromArray(LANE, x, xAt + whole, rest).sub(mean).mul(inverse);
            normal.fma(
                            FloatVector.fromArray(LANE, gamma, gammaAt + whole, rest),
                            FloatVector.fromArray(LANE, beta, betaAt + whole, rest))
                    .intoArray(y, yAt + whole, rest);
        }
    }

    /** y = x * factor */
    static void scale(float[] x, int xAt, float factor, float[] y, int yAt, int count) {
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(LANE, x, xAt + i).mul(factor).intoArray(y, yAt + i);
        }
        for (int i = whole; i < count; i++) {
            y[yAt + i] = x[xAt + i] * factor;
        }
    }

    /** The largest of scale * x. */
    static float largest(float[] x, int at, int count, float scale) {
        FloatVector largest = FloatVector.broadcast(LANE, Float.NEGATIVE_INFINITY);
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector scaled = FloatVector.fromArray(LANE, x, at + i).mul(scale);
            largest = largest.blend(scaled, scaled.compare(VectorOperators.GT, largest));
        }
        if (whole < count) {
            VectorMask<Float> rest = LANE.indexInRange(whole, count);
            FloatVector scaled =
                    FloatVector.fromArray(LANE, x, at + whole, rest).mul(scale);
            largest = largest.blend(
                    scaled, scaled.compare(VectorOperators.GT, largest).and(rest));
        }
        return largest.reduceLanes(VectorOperators.MAX);
    }

    /** y = e^(scale * x - largest); returns the sum of y. */
    static float powers(float[] x, int xAt, float scale, float largest, float[] y, int yAt, int count, float[] lanes) {
        FloatVector factor = FloatVector.broadcast(LANE, scale);
        FloatVector offset = FloatVector.broadcast(LANE, -largest);
        FloatVector sums = FloatVector.zero(LANE);
        int whole = LANE.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector power = VectorFunctions.decay(
                    FloatVector.fromArray(LANE, x, xAt + i).fma(factor, offset));
            power.intoArray(y, yAt + i);
            sums = sums.add(power);
        }
        if (whole < count) {
            VectorMask<Float> rest = LANE.indexInRange(whole, count);
            FloatVector power = VectorFunctions.decay(
                    FloatVector.fromArray(LANE, x, xAt + whole, rest).fma(factor, offset));
            power = FloatVector.zero(LANE).blend(power, rest);
            power.intoArray(y, yAt + whole, rest);
            sums = sums.add(power);
        }
        return fold(sums, lanes);
    }
}
