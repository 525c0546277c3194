package org.candor.compute.cpu.internal;

/**
 * Attention of one head on the register tiles: for a few queries at a time the scores, their softmax and the product with
 * v stay in the first-level cache.
 */
record VectorAttention(InnerLoops loops, PackedHead head, Scratch scratch) {

    /** Queries of one block: a multiple of the register tile's rows. */
    private static final int BLOCK = 12;

    /**
     * Writes the results of {@code rows} queries over {@code length} keys.
     *
     * @param qAt the first query's first number
     * @param yAt the first result's first number
     */
    void attend(float[] q, int qAt, int qStride, float scale, float[] y, int yAt, int yStride, int rows, int length) {
        int stride = head.scoreStride();
        float[] scores = scratch.floats(Scratch.Purpose.SCORES, BLOCK * stride);
        float[] sums = new float[BLOCK];
        for (int row = 0; row < rows; row += BLOCK) {
            int block = Math.min(BLOCK, rows - row);
            head.scores(q, qAt + row * qStride, qStride, scores, block, 0, length);
            loops.powers(scores, 0, stride, block, length, scale, sums);
            head.values(scores, sums, y, yAt + row * yStride, yStride, block, 0, length);
        }
    }
}
