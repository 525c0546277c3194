package org.candor.transformer.internal;

import java.util.List;

/** A loaded model that tells classes of texts apart. Thread safe. */
public interface SequenceClassifier extends AutoCloseable {

    /** Names of the classes. */
    List<String> labels();

    /**
     * Scores before softmax.
     *
     * @return (inputs, labels)
     */
    float[][] logits(List<TokenSequence> inputs);

    @Override
    void close();
}
