package org.candor.api.compute;

/** Element-wise functions; {@link Ops#linear} applies them while the result is still in registers. */
public enum Activation {
    /** x */
    IDENTITY,
    /** x / 2 * (1 + erf(x / sqrt 2)): Hendrycks and Gimpel 2016, the exact form. */
    GELU_ERF,
    /** x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))): the approximation of the same paper. */
    GELU_TANH,
    /** max(0, x) */
    RELU,
    /** x * sigmoid(x) */
    SILU,
    /** tanh x */
    TANH
}
