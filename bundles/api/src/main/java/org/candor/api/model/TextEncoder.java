package org.candor.api.model;

import java.util.List;

/** A loaded model that turns texts into vectors. Thread safe. Use after close throws {@link IllegalStateException}. */
public interface TextEncoder extends AutoCloseable {

    /** Length of each vector. */
    int dimensions();

    /** Most tokens of one text, special ones included; longer texts are cut on the right. */
    int maxTokens();

    /** Text the model was trained to see before a search query, or empty. Nobody adds it but the searcher. */
    String queryPrefix();

    /**
     * Encodes texts. Vectors come in the order of the texts and do not depend on the other texts.
     *
     * @param texts at least one; blank ones are allowed
     */
    Embeddings embed(List<String> texts);

    /**
     * Encodes token ids as they are, special tokens included by the caller.
     *
     * @param ids at least one sequence of at least one id, each within the vocabulary
     * @throws IllegalArgumentException for an id outside the vocabulary or an empty sequence
     */
    Embeddings embedTokens(List<int[]> ids);

    /** Bytes of weights and buffers held. */
    long bytes();

    @Override
    void close();
}
