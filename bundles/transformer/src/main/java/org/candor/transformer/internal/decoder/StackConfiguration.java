package org.candor.transformer.internal.decoder;

import java.util.List;
import org.candor.api.compute.Activation;

/**
 * A stack of transformer blocks as data. A block is: norm, attention, residual; where there is an encoder, norm,
 * attention to it, residual; norm, feed-forward network, residual.
 *
 * @param hidden width of the residual stream
 * @param heads query heads
 * @param keyValueHeads heads of keys and values, dividing {@code heads}
 * @param headSize width of one head
 * @param norm every norm of the stack, the one behind the last block included
 * @param queryKeyNorm whether queries and keys are normalised head by head
 * @param normAfter whether the results of attention and feed-forward network are normalised before they are added
 * @param biases which linear layers have biases
 * @param activation of the feed-forward network, or of its gate
 * @param gated whether the feed-forward network has a gate
 * @param scoreCap soft cap of attention scores, 0 for none
 * @param ropes rotary embeddings that layers refer to by number
 * @param layers first block first
 * @param causal whether a token sees only those before it
 * @param cross whether blocks attend to an encoder
 * @param distanceBias bias by distance, or null
 */
record StackConfiguration(
        int hidden,
        int heads,
        int keyValueHeads,
        int headSize,
        Norm norm,
        boolean queryKeyNorm,
        boolean normAfter,
        Biases biases,
        Activation activation,
        boolean gated,
        float scoreCap,
        List<RotaryEmbedding> ropes,
        List<Layer> layers,
        boolean causal,
        boolean cross,
        DistanceBias distanceBias) {

    /**
     * A kind of norm.
     *
     * @param centred true for layer norm with a bias, false for root mean square norm
     * @param unitOffset whether the factor is 1 + weight
     */
    record Norm(boolean centred, boolean unitOffset, float epsilon) {}

    /** Which linear layers have biases. */
    record Biases(boolean queryKeyValue, boolean attentionOutput, boolean feedForward) {}

    /**
     * Scores get a bias by the distance of key and query, in buckets (Raffel et al. 2020, section 2.1).
     *
     * @param buckets rows of the table
     * @param reach distances from here on share a bucket
     */
    record DistanceBias(int buckets, int reach) {}

    /**
     * One block.
     *
     * @param window most keys that a query sees, 0 for all
     * @param rope number of its rotary embedding, -1 for none
     * @param scale of attention scores
     * @param intermediate width inside the feed-forward network, or inside each expert
     * @param experts the experts, or null for one dense network
     */
    record Layer(int window, int rope, float scale, int intermediate, Experts experts) {}

    /**
     * A mixture of experts: a router's softmax chooses some for each token.
     *
     * @param count experts
     * @param chosen experts for each token
     * @param renormalise whether the chosen weights are made to sum to 1
     */
    record Experts(int count, int chosen, boolean renormalise) {}

    StackConfiguration {
        ropes = List.copyOf(ropes);
        layers = List.copyOf(layers);
    }

    /** Columns of all query heads. */
    int queryColumns() {
        return heads * headSize;
    }

    /** Columns of all heads of keys, and of values. */
    int keyValueColumns() {
        return keyValueHeads * headSize;
    }

    /** The widest feed-forward network. */
    int intermediate() {
        return layers.stream().mapToInt(Layer::intermediate).max().orElseThrow();
    }

    /** The most experts of a layer, 0 where all are dense. */
    int experts() {
        return layers.stream()
                .mapToInt(layer -> layer.experts == null ? 0 : layer.experts.count)
                .max()
                .orElseThrow();
    }
}
