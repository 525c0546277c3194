package org.candor.transformer.internal;

import java.util.List;

/** A loaded model that fills gaps. Thread safe. */
public interface MaskedLanguageModel extends AutoCloseable {

    /**
     * Scores of every vocabulary entry before softmax, for each token that is not padding.
     *
     * @return for each input (tokens, vocabulary)
     */
    List<float[][]> logits(List<TokenSequence> inputs);

    @Override
    void close();
}
