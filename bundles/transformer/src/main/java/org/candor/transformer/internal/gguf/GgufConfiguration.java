package org.candor.transformer.internal.gguf;

import static org.candor.transformer.internal.gguf.GgufArchitecture.GEMMA3;
import static org.candor.transformer.internal.gguf.GgufArchitecture.LLAMA;
import static org.candor.transformer.internal.gguf.GgufArchitecture.PHI3;
import static org.candor.transformer.internal.gguf.GgufArchitecture.QWEN2MOE;
import static org.candor.transformer.internal.gguf.GgufArchitecture.QWEN3MOE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelFormatException;

/**
 * What a GGUF file says about its model, in the keys that a config.json of transformers 5 has. What GGUF leaves to its
 * reader is filled in as llama.cpp does (src/models/).
 */
final class GgufConfiguration {

    private static final int MOST_EXPERTS = 4096;

    private final GgufMetadata metadata;
    private final GgufArchitecture architecture;
    private final GgufSettings settings;
    private final Map<String, GgufTensor> tensors;
    private final GgufRope.Factors factors;
    private final int hidden;
    private final int layers;
    private final int heads;
    private final int keyValueHeads;
    private final int headSize;
    private final int experts;
    private final int context;

    GgufConfiguration(GgufMetadata metadata, Map<String, GgufTensor> tensors, GgufRope.Factors factors)
            throws ModelFormatException {
        this.metadata = metadata;
        this.architecture = GgufArchitecture.of(metadata);
        this.settings = new GgufSettings(metadata, architecture);
        this.tensors = tensors;
        this.factors = factors;
        settings.refuseUnsupported();
        this.hidden = settings.whole("embedding_length", 1, 1 << 20);
        this.layers = settings.whole("block_count", 1, 10_000);
        this.heads = settings.whole("attention.head_count", 1, 1 << 12);
        this.keyValueHeads = settings.whole("attention.head_count_kv", heads, 1, heads);
        this.headSize = headSize();
        this.experts = settings.whole("expert_count", 0, 0, MOST_EXPERTS);
        this.context = settings.whole("context_length", 1, 1 << 30);
        if (heads % keyValueHeads != 0) {
            throw settings.refusal("attention.head_count_kv", keyValueHeads, "a divisor of the " + heads + " heads");
        }
    }

    private int headSize() throws ModelFormatException {
        boolean given = settings.has("attention.key_length");
        if (!given && hidden % heads != 0) {
            throw settings.refusal("attention.head_count", heads, "a divisor of embedding_length, " + hidden);
        }
        int size = given ? settings.whole("attention.key_length", 1, 1 << 16) : hidden / heads;
        int values = settings.whole("attention.value_length", size, 1, 1 << 16);
        if (values != size) {
            throw settings.refusal("attention.value_length", values, "the length of keys, " + size);
        }
        return size;
    }

    /** How the file's tensors are called and arranged. */
    GgufNames names() {
        return new GgufNames(metadata.file(), architecture, heads, keyValueHeads, experts);
    }

    /**
     * The keys and values of a config.json: Long, Double, Boolean, String, List, Map and null.
     *
     * @param tokenizer names the special tokens, or null
     */
    Map<String, Object> read(GgufVocabulary tokenizer) throws ModelFormatException {
        Map<String, Object> config = new LinkedHashMap<>();
        switch (architecture) {
            case GPT2 -> gpt2(config);
            case GEMMA2, GEMMA3 -> {
                common(config);
                gemma(config);
            }
            case PHI3 -> {
                common(config);
                phi3(config);
            }
            case LLAMA, QWEN2, QWEN2MOE, QWEN3, QWEN3MOE -> {
                common(config);
                llama(config);
            }
        }
        config.put("vocab_size", vocabulary());
        config.put("tie_word_embeddings", !tensors.containsKey("output.weight"));
        if (tokenizer != null) {
            tokens(config, tokenizer, vocabulary());
        }
        return config;
    }

    private void common(Map<String, Object> config) throws ModelFormatException {
        config.put("hidden_size", (long) hidden);
        config.put("num_hidden_layers", (long) layers);
        config.put("num_attention_heads", (long) heads);
        config.put("num_key_value_heads", (long) keyValueHeads);
        config.put("head_dim", (long) headSize);
        config.put("max_position_embeddings", (long) context);
        config.put("rms_norm_eps", settings.number("attention.layer_norm_rms_epsilon", null, 0, 1));
        config.put("hidden_act", "silu");
        config.put("rope_parameters", rope().parameters());
    }

    private GgufRope rope() {
        return new GgufRope(settings, headSize, context, factors);
    }

    private void llama(Map<String, Object> config) throws ModelFormatException {
        if (architecture == LLAMA && rope().rotary() != headSize) {
            throw settings.refusal("rope.dimension_count", rope().rotary(), "the size of a head, " + headSize);
        }
        Double scale = settings.has("attention.scale") ? settings.number("attention.scale", null, 0, 1e9) : null;
        if (scale != null && Math.abs(scale * Math.sqrt(headSize) - 1) > 1e-6) {
            throw settings.refusal("attention.scale", scale, "absent, or " + headSize + "^-0.5");
        }
        int window = settings.whole("attention.sliding_window", 0, 0, 1 << 30);
        boolean mistral = architecture == LLAMA && experts == 0 && window > 0;
        config.put(
                "model_type",
                switch (architecture) {
                    case QWEN2 -> "qwen2";
                    case QWEN3 -> "qwen3";
                    case QWEN2MOE -> "qwen2_moe";
                    case QWEN3MOE -> "qwen3_moe";
                    default -> experts > 0 ? "mixtral" : mistral ? "mistral" : "llama";
                });
        if (architecture == LLAMA) {
            config.put("sliding_window", window == 0 ? null : (Object) (long) window);
        } else if (window != 0) {
            throw settings.refusal("attention.sliding_window", window, "absent, or 0");
        }
        boolean queryBias = tensors.containsKey("blk.0.attn_q.bias") || tensors.containsKey("blk.0.attn_qkv.bias");
        switch (architecture) {
            // Qwen 2 has biases on q, k and v without saying so; Mistral and Mixtral have none.
            case LLAMA -> {
                if (experts == 0 && !mistral) {
                    config.put("attention_bias", queryBias);
                    config.put("mlp_bias", tensors.containsKey("blk.0.ffn_down.bias"));
                }
            }
            case QWEN3, QWEN3MOE -> config.put("attention_bias", queryBias);
            default -> {}
        }
        if (architecture == QWEN2MOE || architecture == QWEN3MOE || experts > 0) {
            experts(config);
        } else {
            config.put("intermediate_size", intermediate());
        }
    }

    private void experts(Map<String, Object> config) throws ModelFormatException {
        if (experts == 0) {
            throw settings.refusal("expert_count", 0, "1 to " + MOST_EXPERTS);
        }
        int chosen = settings.whole("expert_used_count", 1, experts);
        config.put("num_local_experts", (long) experts);
        config.put("num_experts_per_tok", (long) chosen);
        if (architecture == LLAMA) {
            config.put("intermediate_size", intermediate());
            return;
        }
        int dense = settings.whole("feed_forward_length", 0, 0, 1 << 24);
        // Files of Qwen 2 may leave this to the size of a dense layer, divided among the chosen.
        Integer share = dense < chosen ? null : dense / chosen;
        int sparse = settings.whole("expert_feed_forward_length", share, 1, 1 << 24);
        config.put("intermediate_size", (long) (dense == 0 ? sparse : dense));
        config.put("moe_intermediate_size", (long) sparse);
        config.put("decoder_sparse_step", 1L);
        config.put("mlp_only_layers", denseLayers());
        Boolean normalised = settings.truth("expert_weights_norm");
        config.put("norm_topk_prob", normalised != null ? normalised : architecture == QWEN3MOE);
        if (architecture == QWEN2MOE) {
            config.put("shared_expert_intermediate_size", (long)
                    settings.whole("expert_shared_feed_forward_length", Math.max(1, dense), 1, 1 << 24));
        }
    }

    private List<Object> denseLayers() {
        List<Object> dense = new ArrayList<>();
        for (long i = 0; i < layers; i++) {
            if (!tensors.containsKey("blk." + i + ".ffn_gate_inp.weight")) {
                dense.add(i);
            }
        }
        return dense;
    }

    private void gemma(Map<String, Object> config) throws ModelFormatException {
        boolean third = architecture == GEMMA3;
        config.put("model_type", third ? "gemma3_text" : "gemma2");
        config.put("intermediate_size", intermediate());
        config.remove("hidden_act");
        config.put("hidden_activation", "gelu_pytorch_tanh");
        config.put("attention_bias", tensors.containsKey("blk.0.attn_q.bias"));
        config.put("query_pre_attn_scalar", queryScalar());
        config.put("attn_logit_softcapping", cap("attn_logit_softcapping", third ? 0 : 50));
        config.put("final_logit_softcapping", cap("final_logit_softcapping", third ? 0 : 30));
        int window = settings.whole("attention.sliding_window", third ? 0 : 4096, 0, 1 << 30);
        config.put("sliding_window", window == 0 ? null : (Object) (long) window);
        config.put("layer_types", layerTypes(window, third ? 6 : 2));
        double local = settings.number("rope.freq_base_swa", 10_000.0, 0, 1e12);
        Map<String, Object> full = rope().parameters();
        if (third) {
            config.put(
                    "rope_parameters",
                    Map.of(
                            "full_attention",
                            full,
                            "sliding_attention",
                            Map.of("rope_type", "default", "rope_theta", local)));
        } else if (settings.has("rope.freq_base_swa") && !full.get("rope_theta").equals(local)) {
            throw settings.refusal("rope.freq_base_swa", local, "absent, or rope.freq_base");
        }
    }

    /**
     * Scores are scaled by this number to the power of -1/2. Files usually do not say it: it is the size of a head but for
     * the largest models, of 46 and 62 layers (google/gemma_pytorch, gemma/config.py).
     */
    private Object queryScalar() throws ModelFormatException {
        if (settings.has("attention.scale")) {
            double scale = settings.number("attention.scale", null, 0, 1e9);
            return 1 / (scale * scale);
        }
        boolean largest = layers == (architecture == GEMMA3 ? 62 : 46);
        return (long) (largest ? hidden / heads : headSize);
    }

    private Object cap(String key, double fallback) throws ModelFormatException {
        double cap = settings.numberOrNone(key, fallback, 1e9);
        return cap == 0 ? null : (Object) cap;
    }

    /** All but every n-th layer slide, or those that an array of booleans names. */
    private List<Object> layerTypes(int window, int usual) throws ModelFormatException {
        String key = "attention.sliding_window_pattern";
        List<Object> switches = settings.switches(key, layers);
        int period = switches == null ? settings.whole(key, usual, 0, 10_000) : 0;
        List<Object> types = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            boolean slides = switches != null ? (Boolean) switches.get(i) : period == 0 || i % period < period - 1;
            types.add(slides && window > 0 ? "sliding_attention" : "full_attention");
        }
        return types;
    }

    private void phi3(Map<String, Object> config) throws ModelFormatException {
        if (experts > 0) {
            throw settings.refusal("expert_count", experts, "absent, or 0");
        }
        config.put("model_type", "phi3");
        config.remove("head_dim");
        if (headSize * heads != hidden) {
            throw settings.refusal("attention.key_length", headSize, "embedding_length / head_count");
        }
        config.put("intermediate_size", intermediate());
        int window = settings.whole("attention.sliding_window", 0, 0, 1 << 30);
        config.put("sliding_window", window == 0 ? null : (Object) (long) window);
        config.put("original_max_position_embeddings", (long) rope().original());
    }

    private void gpt2(Map<String, Object> config) throws ModelFormatException {
        if (headSize * heads != hidden || keyValueHeads != heads) {
            throw settings.refusal("attention.head_count", heads, "as many for keys, of embedding_length together");
        }
        config.put("model_type", "gpt2");
        config.put("n_embd", (long) hidden);
        config.put("n_layer", (long) layers);
        config.put("n_head", (long) heads);
        config.put("n_positions", (long) context);
        config.put("n_inner", intermediate());
        config.put("layer_norm_epsilon", settings.number("attention.layer_norm_epsilon", null, 0, 1));
        config.put("activation_function", "gelu_new");
    }

    private long intermediate() throws ModelFormatException {
        return settings.whole("feed_forward_length", 1, 1 << 24);
    }

    /** Rows of the embeddings; what the metadata say must agree. */
    private long vocabulary() throws ModelFormatException {
        GgufTensor embeddings = tensors.get("token_embd.weight");
        if (embeddings == null || embeddings.shape().length != 2) {
            throw new ModelFormatException(metadata.file() + ": tensor token_embd.weight "
                    + (embeddings == null ? "is missing" : "is no matrix"));
        }
        long rows = embeddings.shape()[0];
        if (rows < 1 || rows > 1 << 24) {
            throw new ModelFormatException(metadata.file() + ": tensor token_embd.weight has " + rows + " rows (1 to "
                    + (1 << 24) + " are read)");
        }
        int named = settings.whole("vocab_size", (int) rows, 1, 1 << 24);
        if (named != rows) {
            throw settings.refusal("vocab_size", named, "the " + rows + " rows of tensor token_embd.weight");
        }
        return rows;
    }

    /** Generation ends at the end of a text, of a turn, and of a message that calls a tool. */
    private void tokens(Map<String, Object> config, GgufVocabulary tokenizer, long rows) throws ModelFormatException {
        if (tokenizer.tokens().size() > rows) {
            throw new ModelFormatException(metadata.file() + ": tokenizer.ggml.tokens has "
                    + tokenizer.tokens().size() + " tokens, but tensor token_embd.weight only " + rows + " rows");
        }
        Map<String, Integer> special = tokenizer.special();
        for (String role : List.of("bos", "pad")) {
            if (special.containsKey(role)) {
                config.put(role + "_token_id", (long) special.get(role));
            }
        }
        List<Object> ends = new ArrayList<>();
        for (String role : List.of("eos", "eot", "eom")) {
            if (special.containsKey(role) && !ends.contains((long) special.get(role))) {
                ends.add((long) special.get(role));
            }
        }
        if (!ends.isEmpty()) {
            config.put("eos_token_id", ends.size() == 1 ? ends.getFirst() : ends);
        }
    }
}
