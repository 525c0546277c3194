package org.candor.compute.cpu.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions on whole vectors, each from fused multiply-adds in a fixed order. Small enough to be inlined,
 * so that no vector leaves its register.
 */
final class VectorFunctions {

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;

    private VectorFunctions() {}

    /** e^x within 2 units in the last place; 0 below -87.6, infinite above 88.37. */
    static FloatVector exp(FloatVector x) {
        return decay(x).blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, 88.37f));
    }

    /** e^x for x up to 88.37, in practice not positive. */
    static FloatVector decay(FloatVector x) {
        FloatVector shifted = x.fma(
                FloatVector.broadcast(LANE, Coefficients.LOG2_E), FloatVector.broadcast(LANE, Coefficients.ROUND));
        FloatVector n = shifted.sub(Coefficients.ROUND);
        FloatVector r = n.fma(
                FloatVector.broadcast(LANE, -Coefficients.LN2_LOW),
                n.fma(FloatVector.broadcast(LANE, -Coefficients.LN2_HIGH), x));
        FloatVector p = FloatVector.broadcast(LANE, Coefficients.E6);
        p = p.fma(r, FloatVector.broadcast(LANE, Coefficients.E5));
        p = p.fma(r, FloatVector.broadcast(LANE, Coefficients.E4));
        p = p.fma(r, FloatVector.broadcast(LANE, Coefficients.E3));
        p = p.fma(r, FloatVector.broadcast(LANE, Coefficients.E2));
        FloatVector tail = p.fma(r.mul(r), r);
        IntVector exponent =
                shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(127 << 23);
        FloatVector power = exponent.reinterpretAsFloats();
        FloatVector result = tail.fma(power, power);
        return result.blend(0f, x.compare(VectorOperators.LT, Coefficients.VANISHED));
    }

    /** x / 2 * (1 + erf(x / sqrt 2)), relatively accurate to 1e-6 wherever the result is a normal number. */
    static FloatVector geluErf(FloatVector x) {
        FloatVector distance = x.lanewise(VectorOperators.ABS);
        distance = distance.blend(Coefficients.GELU_END, distance.compare(VectorOperators.GT, Coefficients.GELU_END));
        // The upper tail of the normal distribution is exp(-d²/2) times a smooth function of t = 1 / (1 + 0.34 d).
        FloatVector t = FloatVector.broadcast(LANE, 1f)
                .div(distance.fma(
                        FloatVector.broadcast(LANE, Coefficients.GELU_SLOPE), FloatVector.broadcast(LANE, 1f)));
        FloatVector p = FloatVector.broadcast(LANE, Coefficients.T8);
        p = p.fma(t, FloatVector.broadcast(LANE, Coefficients.T7));
        p = p.fma(t, FloatVector.broadcast(LANE, Coefficients.T6));
        p = p.fma(t, FloatVector.broadcast(LANE, Coefficients.T5));
        p = p.fma(t, FloatVector.broadcast(LANE, Coefficients.T4));
        p = p.fma(t, FloatVector.broadcast(LANE, Coefficients.T3));
        p = p.fma(t, FloatVector.broadcast(LANE, Coefficients.T2));
        p = p.fma(t, FloatVector.broadcast(LANE, Coefficients.T1));
        p = p.fma(t, FloatVector.broadcast(LANE, Coefficients.T0));
        FloatVector square = distance.mul(distance);
        FloatVector lost = distance.fma(distance, square.neg());
        FloatVector gauss = decay(square.mul(-0.5f));
        gauss = gauss.fma(lost.mul(-0.5f), gauss);
        FloatVector tail = gauss.mul(t).mul(p).mul(distance);
        VectorMask<Float> positive = x.compare(VectorOperators.GT, 0f);
        return FloatVector.zero(LANE).blend(x, positive).sub(tail);
    }

    /** x / 2 * (1 + tanh u) = x / (1 + e^(-2u)), u = sqrt(2 / pi) * (x + 0.044715 x³): no cancellation. */
    static FloatVector geluTanh(FloatVector x) {
        FloatVector slope = x.mul(x)
                .fma(
                        FloatVector.broadcast(LANE, -2 * 0.7978845608f * 0.044715f),
                        FloatVector.broadcast(LANE, -2 * 0.7978845608f));
        return x.mul(reciprocal(exp(x.mul(slope))));
    }

    /** x / (1 + e^(-x)) */
    static FloatVector silu(FloatVector x) {
        return x.mul(reciprocal(exp(x.neg())));
    }

    private static FloatVector reciprocal(FloatVector power) {
        return FloatVector.broadcast(LANE, 1f).div(power.add(1f));
    }

    /** tanh x: an odd polynomial near zero, 1 - 2 / (e^(2|x|) + 1) with the sign of x elsewhere. */
    static FloatVector tanh(FloatVector x) {
        FloatVector distance = x.lanewise(VectorOperators.ABS);
        FloatVector z = x.mul(x);
        FloatVector p = FloatVector.broadcast(LANE, -0.0060967142f);
        p = p.fma(z, FloatVector.broadcast(LANE, 0.02099718f));
        p = p.fma(z, FloatVector.broadcast(LANE, -0.05385091f));
        p = p.fma(z, FloatVector.broadcast(LANE, 0.13332769f));
        p = p.fma(z, FloatVector.broadcast(LANE, -0.33333328f));
        FloatVector near = p.mul(z).fma(x, x);
        FloatVector far = FloatVector.broadcast(LANE, -2f)
                .mul(reciprocal(exp(distance.add(distance))))
                .add(1f);
        FloatVector signed = far.blend(far.neg(), x.compare(VectorOperators.LT, 0f));
        return signed.blend(near, distance.compare(VectorOperators.LT, 0.625f));
    }
}
