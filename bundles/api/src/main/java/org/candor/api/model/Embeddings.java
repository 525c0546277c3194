package org.candor.api.model;

/**
 * Vectors of a batch of texts.
 *
 * @param vectors (texts, dimensions)
 * @param tokens tokens computed for each text, special ones included
 * @param truncated whether the text was cut at the model's limit
 * @param busyNanos processor time the batch took, summed over threads: the basis of energy attribution
 */
public record Embeddings(float[][] vectors, int[] tokens, boolean[] truncated, long busyNanos) {

    /** Tokens of all texts. */
    public int totalTokens() {
        int sum = 0;
        for (int n : tokens) {
            sum += n;
        }
        return sum;
    }
}
