package org.candor.transformer.internal.bert;

import java.util.List;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;

/**
 * The parameters of the body, on the device.
 *
 * @param words (vocabulary, hidden)
 * @param positions (positions, hidden)
 * @param types (types, hidden), or null where the family has none
 * @param norm of the embeddings
 * @param layers first block first
 */
record BertWeights(Tensor words, Tensor positions, Tensor types, Norm norm, List<Layer> layers) {

    /** A layer norm: gamma and beta, (1, hidden). */
    record Norm(Tensor gamma, Tensor beta) {}

    /** A linear layer: weight (outputs, inputs), bias (1, outputs). */
    record Linear(Weight weight, Tensor bias) {}

    /**
     * One block.
     *
     * @param queryKeyValue (3 hidden, hidden): rows of q, then k, then v
     * @param attentionOutput (hidden, hidden)
     * @param attentionNorm after attention and residual
     * @param intermediate (intermediate, hidden)
     * @param output (hidden, intermediate)
     * @param outputNorm after feed-forward network and residual
     */
    record Layer(
            Linear queryKeyValue,
            Linear attentionOutput,
            Norm attentionNorm,
            Linear intermediate,
            Linear output,
            Norm outputNorm) {}
}
