package org.candor.compute.cpu.internal;

import org.candor.api.compute.Activation;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.WeightType;

/**
 * One tier of kernels. Each call does a part of an operation on the calling thread: the rows [from, to), or one head.
 * Shapes are those of {@link org.candor.api.compute.Ops} and already checked. A row's result never depends on which
 * part it was in. Stateless and thread safe.
 */
interface Kernels {

    /** For people: {@code scalar} or {@code vector, 512 bits}. */
    String tier();

    /** Packs a weight for {@link #linear}, in any type but blocks. */
    CpuWeight weight(HostMatrix matrix, WeightType type);

    /** Copies one row of such a weight, widened to binary32. */
    void row(CpuWeight w, int output, float[] target, int to);

    /** Products with weights in blocks. */
    BlockLoops blocks();

    /** y = activation(y + bias) for the rows [from, to) and the columns [columnFrom, columnTo); bias may be null. */
    void finish(CpuTensor bias, Activation activation, CpuTensor y, int from, int to, int columnFrom, int columnTo);

    /** Panels that the outputs of a linear layer are divided into: the unit of work across columns. */
    int panels(int outputs);

    /** y = activation(x Wᵀ + b) for the rows [from, to) and the panels [panelFrom, panelTo). */
    void linear(
            CpuTensor x,
            CpuWeight w,
            CpuTensor bias,
            Activation activation,
            CpuTensor y,
            int from,
            int to,
            int panelFrom,
            int panelTo,
            Scratch scratch);

    /** What decoders need beyond encoders. */
    DecoderKernels decoder();

    /** y = norm(x + residual) * gamma + beta; residual may be null. */
    void layerNorm(
            CpuTensor x,
            CpuTensor residual,
            CpuTensor gamma,
            CpuTensor beta,
            float epsilon,
            CpuTensor y,
            int from,
            int to);

    /**
     * Attention of one head within one sequence, for the queries [from, to).
     *
     * @param start first row of the sequence
     * @param length its rows
     * @param column first column of the head
     */
    void attention(
            CpuTensor q,
            CpuTensor k,
            CpuTensor v,
            int start,
            int length,
            int column,
            int headSize,
            float scale,
            CpuTensor y,
            int from,
            int to,
            Scratch scratch);

    /** y = activation(x) */
    void activate(CpuTensor x, Activation activation, CpuTensor y, int from, int to);

    /** y = a + b */
    void add(CpuTensor a, CpuTensor b, CpuTensor y, int from, int to);

    /** y = softmax(x), row by row */
    void softmax(CpuTensor x, CpuTensor y, int from, int to);

    /** Row {@code target} of y is the mean of the rows [from, to) of x. */
    void mean(CpuTensor x, int from, int to, CpuTensor y, int target);

    /** y = x / max(|x|, 1e-12), row by row */
    void normalize(CpuTensor x, CpuTensor y, int from, int to);
}
