package org.candor.transformer.internal.decoder;

import java.util.List;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;

/**
 * The parameters of a stack of blocks, on the device. What a stack lacks is null.
 *
 * @param layers first block first
 * @param norm behind the last block
 * @param distanceBias (heads, 2 * reach + 1)
 */
record StackWeights(List<Layer> layers, Norm norm, Tensor distanceBias) {

    /** A norm's factor and, where it is centred, its bias: (1, columns). */
    record Norm(Tensor gamma, Tensor beta) {}

    /** A linear layer: weight (outputs, inputs), bias (1, outputs) or null. */
    record Linear(Weight weight, Tensor bias) {}

    /**
     * One block.
     *
     * @param queryKeyValue rows of q, then k, then v
     * @param queryNorm of each head's query
     * @param keyNorm of each head's key
     * @param attentionNormAfter of attention's result
     * @param cross attention to the encoder
     * @param feedForwardNormAfter of the feed-forward network's result
     */
    record Layer(
            Norm inputNorm,
            Linear queryKeyValue,
            Norm queryNorm,
            Norm keyNorm,
            Linear attentionOutput,
            Norm attentionNormAfter,
            Cross cross,
            Norm feedForwardNorm,
            FeedForward feedForward,
            Norm feedForwardNormAfter) {}

    /**
     * Attention to the encoder's hidden states.
     *
     * @param query from the decoder
     * @param keyValue from the encoder: rows of k, then v
     */
    record Cross(Norm norm, Linear query, Linear keyValue, Linear output) {}

    /** What follows attention. */
    sealed interface FeedForward {

        /**
         * One network.
         *
         * @param up rows of the gate, where there is one, then of the values
         */
        record Dense(Linear up, Linear down) implements FeedForward {}

        /**
         * A mixture.
         *
         * @param router (experts, hidden)
         */
        record Experts(Linear router, List<Dense> experts) implements FeedForward {}
    }
}
