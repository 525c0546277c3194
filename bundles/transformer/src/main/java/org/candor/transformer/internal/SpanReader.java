package org.candor.transformer.internal;

import java.util.List;

/** A loaded model that finds the words of a text which answer a question. Thread safe. */
public interface SpanReader extends AutoCloseable {

    /**
     * Scores before softmax, one for each token that is not padding.
     *
     * @param start as the answer's first token
     * @param end as the answer's last token
     */
    record Scores(float[] start, float[] end) {}

    /** Scores of each input: question and text joined as the tokenizer does. */
    List<Scores> scores(List<TokenSequence> inputs);

    @Override
    void close();
}
