package org.candor.transformer.internal.decoder;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a brand calls its tensors. Names of the body follow a prefix, which a bare body lacks; those of a block also its own
 * name. A linear layer's name is without {@code .weight} and {@code .bias}. What a brand lacks is null.
 *
 * @param prefixes of the body, the one that is written today first
 * @param embeddings table of token embeddings
 * @param positions table of position embeddings
 * @param stack before the names of a stack of blocks, or empty
 * @param block of block i, with {@code %d}
 * @param finalNorm behind the last block
 * @param inputNorm before attention
 * @param queryKeyValue names of the linear layers that make q, k and v, in this order; one where they are fused
 * @param crossNorm before attention to the encoder
 * @param crossQueryKeyValue as queryKeyValue
 * @param distanceBias table of biases by distance
 * @param feedForwardNorm before the feed-forward network
 * @param feedForwardNormAfter behind it
 * @param gateUp names of the linear layers that make gate and values, in this order; one where they are fused or there is
 *     no gate
 * @param router scores of the experts
 * @param expertGateUp as gateUp, with {@code %d} for the expert
 * @param expertDown with {@code %d} for the expert
 * @param inputsFirst whether matrices are stored (inputs, outputs)
 * @param head output layer, without any prefix
 */
record TensorNames(
        List<String> prefixes,
        String embeddings,
        String positions,
        String stack,
        String block,
        String finalNorm,
        String inputNorm,
        List<String> queryKeyValue,
        String queryNorm,
        String keyNorm,
        String attentionOutput,
        String attentionNormAfter,
        String crossNorm,
        List<String> crossQueryKeyValue,
        String crossOutput,
        String distanceBias,
        String feedForwardNorm,
        String feedForwardNormAfter,
        List<String> gateUp,
        String down,
        String router,
        List<String> expertGateUp,
        String expertDown,
        boolean inputsFirst,
        String head) {

    /** Buffers that were never weights, copies of the embeddings, and what old T5 files hold without using it. */
    private static final Pattern LEFT_OVER = Pattern.compile("(.*\\.)?rotary_emb\\.inv_freq"
            + "|(transformer\\.)?h\\.\\d+\\.attn\\.(bias|masked_bias)"
            + "|(encoder|decoder)\\.embed_tokens\\.weight"
            + "|decoder\\.block\\.0\\.layer\\.1\\.EncDecAttention\\.relative_attention_bias\\.weight");

    static final TensorNames LLAMA = llama(
            "post_attention_layernorm",
            null,
            null,
            List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
            List.of("mlp.gate_proj", "mlp.up_proj"),
            "mlp.gate",
            List.of("mlp.experts.%d.gate_proj", "mlp.experts.%d.up_proj"),
            "mlp.experts.%d.down_proj");

    static final TensorNames GEMMA = llama(
            "pre_feedforward_layernorm",
            "post_attention_layernorm",
            "post_feedforward_layernorm",
            LLAMA.queryKeyValue,
            LLAMA.gateUp,
            null,
            null,
            null);

    static final TensorNames MIXTRAL = llama(
            LLAMA.feedForwardNorm,
            null,
            null,
            LLAMA.queryKeyValue,
            LLAMA.gateUp,
            "block_sparse_moe.gate",
            List.of("block_sparse_moe.experts.%d.w1", "block_sparse_moe.experts.%d.w3"),
            "block_sparse_moe.experts.%d.w2");

    static final TensorNames PHI3 = llama(
            LLAMA.feedForwardNorm,
            null,
            null,
            List.of("self_attn.qkv_proj"),
            List.of("mlp.gate_up_proj"),
            null,
            null,
            null);

    static final TensorNames GPT2 = new TensorNames(
            List.of("transformer.", ""),
            "wte.weight",
            "wpe.weight",
            "",
            "h.%d.",
            "ln_f",
            "ln_1",
            List.of("attn.c_attn"),
            null,
            null,
            "attn.c_proj",
            null,
            null,
            null,
            null,
            null,
            "ln_2",
            null,
            List.of("mlp.c_fc"),
            "mlp.c_proj",
            null,
            null,
            null,
            true,
            "lm_head.weight");

    static final TensorNames T5_DECODER = t5("decoder.", "layer.2.");

    static final TensorNames T5_ENCODER = t5("encoder.", "layer.1.");

    private static TensorNames llama(
            String feedForwardNorm,
            String attentionNormAfter,
            String feedForwardNormAfter,
            List<String> queryKeyValue,
            List<String> gateUp,
            String router,
            List<String> expertGateUp,
            String expertDown) {
        return new TensorNames(
                List.of("model.", ""),
                "embed_tokens.weight",
                null,
                "",
                "layers.%d.",
                "norm",
                "input_layernorm",
                queryKeyValue,
                "self_attn.q_norm",
                "self_attn.k_norm",
                "self_attn.o_proj",
                attentionNormAfter,
                null,
                null,
                null,
                null,
                feedForwardNorm,
                feedForwardNormAfter,
                gateUp,
                "mlp.down_proj",
                router,
                expertGateUp,
                expertDown,
                false,
                "lm_head.weight");
    }

    private static TensorNames t5(String stack, String feedForward) {
        return new TensorNames(
                List.of(""),
                "shared.weight",
                null,
                stack,
                "block.%d.",
                "final_layer_norm",
                "layer.0.layer_norm",
                List.of("layer.0.SelfAttention.q", "layer.0.SelfAttention.k", "layer.0.SelfAttention.v"),
                null,
                null,
                "layer.0.SelfAttention.o",
                null,
                "layer.1.layer_norm",
                List.of("layer.1.EncDecAttention.q", "layer.1.EncDecAttention.k", "layer.1.EncDecAttention.v"),
                "layer.1.EncDecAttention.o",
                "block.0.layer.0.SelfAttention.relative_attention_bias.weight",
                feedForward + "layer_norm",
                null,
                List.of(feedForward + "DenseReluDense.wi_0", feedForward + "DenseReluDense.wi_1"),
                feedForward + "DenseReluDense.wo",
                null,
                null,
                null,
                false,
                "lm_head.weight");
    }

    /** Names of the layers that make gate and values where there is a gate or not: T5 has both kinds. */
    List<String> gateUp(boolean gated) {
        boolean one = gated || gateUp.size() == 1;
        return one
                ? gateUp
                : List.of(gateUp.getFirst().substring(0, gateUp.getFirst().lastIndexOf('_')));
    }

    /** The prefix of these tensors' body, or null when no prefix leads to an embedding table. */
    String prefix(Set<String> tensors) {
        for (String prefix : prefixes) {
            if (tensors.contains(prefix + embeddings)) {
                return prefix;
            }
        }
        return null;
    }

    /** Whether no model needs a tensor of this name, so that it is rightly left over. */
    static boolean rightlyLeftOver(String name) {
        return LEFT_OVER.matcher(name).matches();
    }
}
