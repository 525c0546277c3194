package org.candor.transformer.internal.decoder;

import static org.candor.transformer.internal.decoder.Brand.Trait.ATTENTION_BIAS_KEY;
import static org.candor.transformer.internal.decoder.Brand.Trait.FEED_FORWARD_BIAS_KEY;
import static org.candor.transformer.internal.decoder.Brand.Trait.NORM_AFTER;
import static org.candor.transformer.internal.decoder.Brand.Trait.QUERY_KEY_NORM;
import static org.candor.transformer.internal.decoder.Brand.Trait.QUERY_KEY_VALUE_BIAS;
import static org.candor.transformer.internal.decoder.Brand.Trait.SCALED_EMBEDDINGS;
import static org.candor.transformer.internal.decoder.Brand.Trait.SCALE_KEY;
import static org.candor.transformer.internal.decoder.Brand.Trait.SOFT_CAPS;
import static org.candor.transformer.internal.decoder.Brand.Trait.TIED;
import static org.candor.transformer.internal.decoder.Brand.Trait.UNIT_OFFSET;

import java.util.List;
import java.util.Set;

/**
 * How a descendant of Llama differs from the others. Defaults are those that transformers 5 takes for keys a config.json
 * leaves out.
 *
 * @param modelType {@code model_type} of config.json
 * @param names what its tensors are called
 * @param keyValueHeads default, 0 for as many as query heads
 * @param headSize default, 0 for hidden size / heads
 * @param epsilon default of the norms
 * @param theta default base of the rotary embedding
 * @param windows which layers have a sliding window
 * @param mixture which layers have experts
 * @param traits what else is different
 */
record Brand(
        String modelType,
        TensorNames names,
        int keyValueHeads,
        int headSize,
        double epsilon,
        double theta,
        Windows windows,
        Mixture mixture,
        Set<Trait> traits) {

    /** Which layers slide where config.json has no {@code layer_types}. */
    enum Windows {
        /** None, whatever {@code sliding_window} says. */
        NONE,
        /** All, when there is a {@code sliding_window}. */
        ALL,
        /** All; {@code sliding_window} is 4096 where the key is absent. */
        ALL_BY_DEFAULT,
        /** From {@code max_window_layers} on, when {@code use_sliding_window}. */
        UPPER,
        /** The first of every two. */
        ALTERNATING,
        /** All but every {@code sliding_window_pattern}-th, with a rotary embedding of their own. */
        PATTERN
    }

    /** Which layers have experts. */
    enum Mixture {
        NONE,
        /** All. */
        ALL,
        /** Every {@code decoder_sparse_step}-th but {@code mlp_only_layers}. */
        SPARSE
    }

    /** A difference. */
    enum Trait {
        /** Norms multiply by 1 + weight. */
        UNIT_OFFSET,
        /** Embeddings are scaled by the root of the hidden size. */
        SCALED_EMBEDDINGS,
        QUERY_KEY_NORM,
        /** Results of attention and feed-forward network are normalised too. */
        NORM_AFTER,
        /** Scores are scaled by {@code query_pre_attn_scalar} to the power of -1/2. */
        SCALE_KEY,
        /** {@code attn_logit_softcapping} and {@code final_logit_softcapping}. */
        SOFT_CAPS,
        /** Biases on q, k and v always. */
        QUERY_KEY_VALUE_BIAS,
        /** {@code attention_bias} decides about biases on q, k, v and the output. */
        ATTENTION_BIAS_KEY,
        /** {@code mlp_bias} decides about biases of the feed-forward network. */
        FEED_FORWARD_BIAS_KEY,
        /** {@code tie_word_embeddings} is true by default. */
        TIED
    }

    static final List<Brand> ALL = List.of(
            new Brand(
                    "llama",
                    TensorNames.LLAMA,
                    0,
                    0,
                    1e-6,
                    1e4,
                    Windows.NONE,
                    Mixture.NONE,
                    Set.of(ATTENTION_BIAS_KEY, FEED_FORWARD_BIAS_KEY)),
            new Brand("mistral", TensorNames.LLAMA, 8, 0, 1e-6, 1e4, Windows.ALL_BY_DEFAULT, Mixture.NONE, Set.of()),
            new Brand("mixtral", TensorNames.MIXTRAL, 8, 0, 1e-5, 1e6, Windows.ALL, Mixture.ALL, Set.of()),
            new Brand(
                    "qwen2",
                    TensorNames.LLAMA,
                    32,
                    0,
                    1e-6,
                    1e4,
                    Windows.UPPER,
                    Mixture.NONE,
                    Set.of(QUERY_KEY_VALUE_BIAS)),
            new Brand(
                    "qwen3",
                    TensorNames.LLAMA,
                    32,
                    128,
                    1e-6,
                    1e4,
                    Windows.UPPER,
                    Mixture.NONE,
                    Set.of(QUERY_KEY_NORM, ATTENTION_BIAS_KEY)),
            new Brand(
                    "qwen3_moe",
                    TensorNames.LLAMA,
                    4,
                    0,
                    1e-6,
                    1e4,
                    Windows.UPPER,
                    Mixture.SPARSE,
                    Set.of(QUERY_KEY_NORM, ATTENTION_BIAS_KEY)),
            new Brand(
                    "gemma",
                    TensorNames.LLAMA,
                    16,
                    256,
                    1e-6,
                    1e4,
                    Windows.NONE,
                    Mixture.NONE,
                    Set.of(UNIT_OFFSET, SCALED_EMBEDDINGS, ATTENTION_BIAS_KEY, TIED)),
            new Brand(
                    "gemma2",
                    TensorNames.GEMMA,
                    4,
                    256,
                    1e-6,
                    1e4,
                    Windows.ALTERNATING,
                    Mixture.NONE,
                    Set.of(UNIT_OFFSET, SCALED_EMBEDDINGS, NORM_AFTER, SCALE_KEY, SOFT_CAPS, ATTENTION_BIAS_KEY, TIED)),
            new Brand(
                    "gemma3_text",
                    TensorNames.GEMMA,
                    4,
                    256,
                    1e-6,
                    1e6,
                    Windows.PATTERN,
                    Mixture.NONE,
                    Set.of(
                            UNIT_OFFSET,
                            SCALED_EMBEDDINGS,
                            QUERY_KEY_NORM,
                            NORM_AFTER,
                            SCALE_KEY,
                            SOFT_CAPS,
                            ATTENTION_BIAS_KEY,
                            TIED)),
            new Brand("phi3", TensorNames.PHI3, 0, 0, 1e-5, 1e4, Windows.ALL, Mixture.NONE, Set.of()));

    static Brand of(String modelType) {
        return ALL.stream()
                .filter(brand -> brand.modelType.equals(modelType))
                .findFirst()
                .orElseThrow();
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** Whether a gated network's activation is GELU unless config.json says otherwise. */
    boolean isGemma() {
        return has(UNIT_OFFSET);
    }
}
