package org.candor.compute.cpu.internal;

import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.CachedSequences;

/**
 * One tier of the kernels that decoders need beyond encoders. As with {@link Kernels}, a call does the rows [from, to) of
 * an operation on the calling thread, and a row's result never depends on which part it was in. Stateless and thread safe.
 */
interface DecoderKernels {

    /** y = x / sqrt(mean(x²) + epsilon) * gamma for each group of gamma's columns */
    void rmsNorm(CpuTensor x, CpuTensor gamma, float epsilon, CpuTensor y, int from, int to);

    /**
     * Turns column i with column i + cos.columns() of each head.
     *
     * @param rows of the tables, row t's at {@code rowsAt + t}; already checked
     */
    void rope(
            CpuTensor x,
            int[] rows,
            int rowsAt,
            CpuTensor cos,
            CpuTensor sin,
            int headSize,
            CpuTensor y,
            int from,
            int to);

    /**
     * Attention over cached keys of the heads [headFrom, headTo) of keys and values, with all query heads that share
     * them, for the queries [from, to) of a sequence.
     *
     * @param bias (heads, 2 * reach + 1), or null
     */
    void cachedAttention(
            CpuTensor q,
            CpuCache keys,
            CpuCache values,
            CachedSequences sequences,
            int sequence,
            AttentionShape shape,
            int headFrom,
            int headTo,
            CpuTensor bias,
            CpuTensor y,
            int from,
            int to,
            Scratch scratch);

    /** y = a * b */
    void multiply(CpuTensor a, CpuTensor b, CpuTensor y, int from, int to);

    /** y = factor * x */
    void scale(CpuTensor x, float factor, CpuTensor y, int from, int to);
}
