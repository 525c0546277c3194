package org.candor.api.model;

/**
 * A small change to a {@link Generator}'s weights, on the same device: texts with it and without it, and with others, are
 * read in one pass. A text's keys and values are of its adapter, so that nothing read with one serves another. Made by
 * {@link Generator#adapt}.
 */
public interface Adapter extends AutoCloseable {

    /** Bytes of its weights, and of buffers for passes of so many tokens, which adapters of a generator share. */
    long bytes(int passTokens);

    /**
     * Frees its weights; closing twice does nothing. By the thread that uses the generator, or when no pass runs, after its
     * texts are closed and before the generator is: a pass that reads a text with a closed adapter throws {@link
     * IllegalStateException}.
     */
    @Override
    void close();
}
