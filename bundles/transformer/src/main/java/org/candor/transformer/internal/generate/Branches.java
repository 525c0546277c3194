package org.candor.transformer.internal.generate;

/** The beginnings of a text that a search continues token by token. Used by one thread. */
public interface Branches extends AutoCloseable {

    /**
     * Scores of the first new token.
     *
     * @return (vocabulary) numbers before softmax
     */
    float[] first();

    /**
     * Replaces the branches: new branch i is old branch {@code parents[i]} followed by {@code tokens[i]}. After
     * {@link #first} there is one branch, number 0. A parent may have any number of followers.
     *
     * @return (branches, vocabulary): scores of what comes next
     */
    float[][] advance(int[] parents, int[] tokens);

    @Override
    void close();
}
