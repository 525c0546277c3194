package org.candor.compute.cpu.internal;

/**
 * Products of a few rows with the keys and the values of one head, one fused multiply-add for each term in the order of the
 * keys. So a row of a result depends on nothing but its own numbers, and every implementation gives the same bits.
 */
interface CachedHead {

    /** Numbers from one row of scores to the next, at least. */
    int scoreStride();

    /**
     * scores = q kᵀ for the keys [from, to) and perhaps others beside them; column of a key is its number.
     *
     * @param q rows {@code qStride} apart from {@code qAt} on
     * @param scores rows {@link #scoreStride} apart
     */
    void scores(float[] q, int qAt, int qStride, float[] scores, int rows, int from, int to);

    /**
     * y = scores v / sums, over the keys [from, to).
     *
     * @param scores rows {@link #scoreStride} apart
     * @param y rows {@code yStride} apart from {@code yAt} on
     */
    void values(float[] scores, float[] sums, float[] y, int yAt, int yStride, int rows, int from, int to);
}
