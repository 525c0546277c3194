package org.candor.transformer.internal.bert;

import java.util.List;
import org.candor.api.compute.Activation;
import org.candor.transformer.internal.bert.BertWeights.Linear;
import org.candor.transformer.internal.bert.BertWeights.Norm;

/** What stands on top of a body, on the device. Its memory belongs to the body. */
sealed interface BertHead {

    /**
     * tanh of a linear layer over each sequence's first token.
     *
     * @param dense (hidden, hidden)
     */
    record Pooler(Linear dense) implements BertHead {}

    /**
     * Scores of every vocabulary entry for every token.
     *
     * @param transform (hidden, hidden)
     * @param activation after the transform
     * @param norm after the activation
     * @param epsilon of the norm
     * @param decoder (vocabulary, hidden)
     */
    record MaskedLanguage(Linear transform, Activation activation, Norm norm, float epsilon, Linear decoder)
            implements BertHead {}

    /**
     * Scores of every class for each sequence, from its first token.
     *
     * @param dense (hidden, hidden)
     * @param activation after it
     * @param output (labels, hidden)
     * @param labels names of the classes
     */
    record Classification(Linear dense, Activation activation, Linear output, List<String> labels)
            implements BertHead {}

    /**
     * Scores of every token as the start and as the end of an answer.
     *
     * @param output (2, hidden): start, end
     */
    record QuestionAnswering(Linear output) implements BertHead {}
}
