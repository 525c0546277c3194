package org.candor.transformer.internal.decoder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.candor.api.compute.Activation;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.decoder.Brand.Mixture;
import org.candor.transformer.internal.decoder.Brand.Trait;
import org.candor.transformer.internal.decoder.Brand.Windows;

/** Reads config.json of Llama and its descendants. */
record LlamaReader(ConfigurationKeys keys, Brand brand) {

    DecoderConfiguration read() throws ModelFormatException {
        keys.refuse("use_bidirectional_attention", "absent or false");
        keys.refuse("lm_head_bias", "absent or false");
        int vocabulary = keys.whole("vocab_size", null, 1, 1 << 24);
        int hidden = keys.whole("hidden_size", null, 1, 1 << 20);
        int heads = keys.whole("num_attention_heads", null, 1, 1 << 12);
        int positions = keys.whole("max_position_embeddings", null, 1, 1 << 30);
        int keyValueHeads =
                keys.whole("num_key_value_heads", brand.keyValueHeads() == 0 ? heads : brand.keyValueHeads(), 1, heads);
        if (heads % keyValueHeads != 0) {
            throw keys.wrong("num_key_value_heads", "a divisor of the " + heads + " attention heads");
        }
        int headSize = headSize(hidden, heads);
        boolean caps = brand.has(Trait.SOFT_CAPS);
        double root = brand.has(Trait.SCALE_KEY) ? keys.number("query_pre_attn_scalar", 256.0, 0, 1e9) : headSize;
        List<RotaryEmbedding> ropes = ropes(headSize, positions);
        List<StackConfiguration.Layer> layers = layers(positions, (float) (1 / Math.sqrt(root)), ropes.size());
        StackConfiguration stack = new StackConfiguration(
                hidden,
                heads,
                keyValueHeads,
                headSize,
                new StackConfiguration.Norm(false, brand.has(Trait.UNIT_OFFSET), (float)
                        keys.number("rms_norm_eps", brand.epsilon(), 0, 1)),
                brand.has(Trait.QUERY_KEY_NORM),
                brand.has(Trait.NORM_AFTER),
                biases(),
                activation(),
                true,
                caps ? (float) keys.number("attn_logit_softcapping", softCap("attn", 50), 0, 1e9) : 0,
                ropes,
                layers,
                true,
                false,
                null);
        return new DecoderConfiguration(
                brand.modelType(),
                brand.names(),
                vocabulary,
                positions,
                false,
                brand.has(Trait.SCALED_EMBEDDINGS) ? (float) Math.sqrt(hidden) : 1,
                1,
                caps ? (float) keys.number("final_logit_softcapping", softCap("final", 30), 0, 1e9) : 0,
                keys.flag("tie_word_embeddings", brand.has(Trait.TIED)),
                stack,
                null,
                -1,
                Set.copyOf(keys.ids("eos_token_id", vocabulary)));
    }

    /** Only Gemma 2 caps where the key is absent; null means no cap. */
    private double softCap(String which, double gemma2) {
        boolean absent = !keys.names(which + "_logit_softcapping");
        return absent && brand.windows() == Windows.ALTERNATING ? gemma2 : 0;
    }

    private int headSize(int hidden, int heads) throws ModelFormatException {
        if (keys.has("head_dim")) {
            return keys.whole("head_dim", null, 1, 1 << 16);
        }
        if (brand.headSize() > 0 && !keys.names("head_dim")) {
            return brand.headSize();
        }
        if (hidden % heads != 0) {
            throw new ModelFormatException(keys.file() + ": hidden_size " + hidden + " is not a multiple of the "
                    + heads + " attention heads, and there is no head_dim");
        }
        return hidden / heads;
    }

    private StackConfiguration.Biases biases() throws ModelFormatException {
        boolean attention = false;
        if (brand.has(Trait.ATTENTION_BIAS_KEY)) {
            attention = keys.flag("attention_bias", false);
        } else {
            keys.refuse("attention_bias", "absent or false in " + brand.modelType());
        }
        boolean feedForward = false;
        if (brand.has(Trait.FEED_FORWARD_BIAS_KEY)) {
            feedForward = keys.flag("mlp_bias", false);
        } else {
            keys.refuse("mlp_bias", "absent or false in " + brand.modelType());
        }
        return new StackConfiguration.Biases(
                attention || brand.has(Trait.QUERY_KEY_VALUE_BIAS), attention, feedForward);
    }

    /** The first Gemma was published with hidden_act "gelu", but computes its approximation by tanh. */
    private Activation activation() throws ModelFormatException {
        if (!brand.isGemma()) {
            return Activations.read(keys, "hidden_act", "silu");
        }
        if (keys.has("hidden_activation")) {
            return Activations.read(keys, "hidden_activation", null);
        }
        Activation named = Activations.read(keys, "hidden_act", "gelu_pytorch_tanh");
        return named == Activation.GELU_ERF ? Activation.GELU_TANH : named;
    }

    private List<RotaryEmbedding> ropes(int headSize, int positions) throws ModelFormatException {
        RotaryReader reader = new RotaryReader(keys, headSize, positions, brand.theta());
        return brand.windows() == Windows.PATTERN
                ? List.of(reader.full(), reader.sliding(1e4))
                : List.of(reader.full());
    }

    private List<StackConfiguration.Layer> layers(int positions, float scale, int ropes) throws ModelFormatException {
        int count = keys.whole("num_hidden_layers", null, 1, 10_000);
        boolean[] sliding = sliding(count);
        int dense = keys.whole("intermediate_size", null, 1, 1 << 24);
        List<StackConfiguration.Layer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int window = 0;
            if (sliding[i]) {
                boolean byDefault = brand.windows() != Windows.ALL && brand.windows() != Windows.UPPER;
                Integer fallback = byDefault && !keys.names("sliding_window") ? Integer.valueOf(4096) : null;
                window = keys.whole("sliding_window", fallback, 1, 1 << 30);
            }
            StackConfiguration.Experts experts = experts(i);
            int width = experts == null || brand.mixture() == Mixture.ALL
                    ? dense
                    : keys.whole("moe_intermediate_size", null, 1, 1 << 24);
            layers.add(new StackConfiguration.Layer(window, sliding[i] ? ropes - 1 : 0, scale, width, experts));
        }
        return layers;
    }

    private boolean[] sliding(int count) throws ModelFormatException {
        boolean[] sliding = new boolean[count];
        if (keys.has("layer_types")) {
            List<String> types = keys.strings("layer_types", count);
            for (int i = 0; i < count; i++) {
                sliding[i] = switch (types.get(i)) {
                    case "full_attention" -> false;
                    case "sliding_attention" -> true;
                    default -> throw keys.wrong("layer_types", "full_attention, sliding_attention");
                };
            }
            return sliding;
        }
        boolean any =
                switch (brand.windows()) {
                    case NONE -> false;
                    case ALL_BY_DEFAULT -> keys.has("sliding_window") || !keys.names("sliding_window");
                    case UPPER -> keys.flag("use_sliding_window", false) && keys.has("sliding_window");
                    case ALL -> keys.has("sliding_window");
                    case ALTERNATING, PATTERN -> true;
                };
        int full = keys.whole("max_window_layers", 28, 0, 1 << 20);
        String pattern = keys.has("sliding_window_pattern") ? "sliding_window_pattern" : "_sliding_window_pattern";
        int every = brand.windows() == Windows.PATTERN ? keys.whole(pattern, 6, 1, 1 << 20) : 2;
        for (int i = 0; i < count; i++) {
            sliding[i] = any
                    && switch (brand.windows()) {
                        case NONE, ALL, ALL_BY_DEFAULT -> true;
                        case UPPER -> i >= full;
                        case ALTERNATING, PATTERN -> (i + 1) % every != 0;
                    };
        }
        return sliding;
    }

    private StackConfiguration.Experts experts(int layer) throws ModelFormatException {
        if (brand.mixture() == Mixture.NONE) {
            return null;
        }
        String key = keys.has("num_local_experts") ? "num_local_experts" : "num_experts";
        int count = keys.whole(key, null, brand.mixture() == Mixture.ALL ? 1 : 0, 1 << 16);
        if (brand.mixture() == Mixture.SPARSE) {
            int step = keys.whole("decoder_sparse_step", 1, 1, 1 << 20);
            Set<Integer> dense = new HashSet<>(keys.ids("mlp_only_layers", 1 << 20));
            if (count == 0 || dense.contains(layer) || (layer + 1) % step != 0) {
                return null;
            }
        }
        int chosen = keys.whole("num_experts_per_tok", null, 1, count);
        boolean renormalise = brand.mixture() == Mixture.ALL || keys.flag("norm_topk_prob", false);
        return new StackConfiguration.Experts(count, chosen, renormalise);
    }
}
