package org.candor.compute.cpu.internal;

/**
 * Constants of the elementary functions, for the vector kernels and the emitted ones. The polynomials interpolate the
 * exact functions at Chebyshev nodes. Single numbers, because only those are constants to the compiler too.
 */
public final class Coefficients {

    public static final float LOG2_E = 1.442695041f;
    /** ln 2 in two parts; the first has trailing zeros, so that its product with a small whole number is exact. */
    public static final float LN2_HIGH = 0.693359375f;

    public static final float LN2_LOW = -2.12194440e-4f;
    /** Adding 1.5 · 2^23 rounds to a whole number and leaves it in the low bits of the sum. */
    public static final float ROUND = 0x1.8p23f;
    /** Below this e^x counts as 0: it is no normal number any more. */
    public static final float VANISHED = -87.6f;

    static final float E6 = 0.0013926182f;
    static final float E5 = 0.008363178f;
    static final float E4 = 0.041666556f;
    static final float E3 = 0.16666576f;
    static final float E2 = 0.5f;

    /** From here on the upper tail of the normal distribution is 0 in single precision. */
    public static final float GELU_END = 14f;

    public static final float GELU_SLOPE = 0.34f;
    static final float T8 = -0.027695565f;
    static final float T7 = 0.14675814f;
    static final float T6 = -0.28724512f;
    static final float T5 = 0.2172421f;
    static final float T4 = -0.05432478f;
    static final float T3 = 0.1190938f;
    static final float T2 = 0.11433711f;
    static final float T1 = 0.1362193f;
    static final float T0 = 0.135615f;

    private Coefficients() {}

    /** (e^r - 1 - r) / r² as a polynomial in r, the highest power first. */
    public static float[] exponential() {
        return new float[] {E6, E5, E4, E3, E2};
    }

    /** The smooth factor of the normal distribution's upper tail in t, the highest power first. */
    public static float[] geluTail() {
        return new float[] {T8, T7, T6, T5, T4, T3, T2, T1, T0};
    }
}
