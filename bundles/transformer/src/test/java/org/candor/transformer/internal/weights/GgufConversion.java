package org.candor.transformer.internal.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.transformer.internal.gguf.GgmlType;
import org.candor.transformer.internal.gguf.GgufWriter;

/**
 * Turns a model of transformers into GGUF as llama.cpp's converters do (conversion/llama.py, gemma.py, phi.py, qwen.py,
 * gpt2.py): names, rotary pairs, stacked experts, norms plus one, turned matrices.
 */
final class GgufConversion {

    private static final Pattern LAYER =
            Pattern.compile("(?:model\\.layers|transformer\\.h)\\.(\\d+)\\.(.+)\\.(weight|bias)");
    private static final Pattern EXPERT =
            Pattern.compile("(?:mlp|block_sparse_moe)\\.experts\\.(\\d+)\\.(w1|w2|w3|gate_proj|up_proj|down_proj)");

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("model.embed_tokens.weight", "token_embd.weight"),
            Map.entry("model.norm.weight", "output_norm.weight"),
            Map.entry("lm_head.weight", "output.weight"),
            Map.entry("transformer.wte.weight", "token_embd.weight"),
            Map.entry("transformer.wpe.weight", "position_embd.weight"),
            Map.entry("transformer.ln_f.weight", "output_norm.weight"),
            Map.entry("transformer.ln_f.bias", "output_norm.bias"),
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.qkv_proj", "attn_qkv"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.gate_up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"),
            Map.entry("mlp.gate", "ffn_gate_inp"),
            Map.entry("block_sparse_moe.gate", "ffn_gate_inp"),
            Map.entry("pre_feedforward_layernorm", "ffn_norm"),
            Map.entry("post_feedforward_layernorm", "post_ffw_norm"),
            Map.entry("ln_1", "attn_norm"),
            Map.entry("ln_2", "ffn_norm"),
            Map.entry("attn.c_attn", "attn_qkv"),
            Map.entry("attn.c_proj", "attn_output"),
            Map.entry("mlp.c_fc", "ffn_up"),
            Map.entry("mlp.c_proj", "ffn_down"));

    private static final Map<String, String> ROLES =
            Map.of("w1", "gate", "w2", "down", "w3", "up", "gate_proj", "gate", "up_proj", "up", "down_proj", "down");

    private final Map<String, Object> config;
    private final String type;
    private final String architecture;
    private final GgufWriter writer = new GgufWriter();

    GgufConversion(Map<String, Object> config) {
        this.config = config;
        this.type = (String) config.get("model_type");
        this.architecture = switch (type) {
            case "mistral", "mixtral" -> "llama";
            case "qwen3_moe" -> "qwen3moe";
            case "gemma3_text" -> "gemma3";
            default -> type;
        };
    }

    GgufWriter convert(Map<String, StoredTensor> tensors) {
        metadata();
        Map<String, Map<Integer, float[]>> experts = new LinkedHashMap<>();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            float[] values = new float[(int) tensor.size()];
            tensor.copy(0, values, values.length);
            Matcher layer = LAYER.matcher(name);
            if (!layer.matches()) {
                write(NAMES.get(name), tensor.shape(), name.endsWith("norm.weight") ? norm(values) : values);
                return;
            }
            String block = "blk." + layer.group(1) + ".";
            Matcher expert = EXPERT.matcher(layer.group(2));
            if (expert.matches()) {
                String all = block + "ffn_" + ROLES.get(expert.group(2)) + "_exps.weight";
                experts.computeIfAbsent(all, unused -> new TreeMap<>()).put(Integer.parseInt(expert.group(1)), values);
                shapes.put(all, tensor.shape());
                return;
            }
            inLayer(block, layer.group(2), "." + layer.group(3), tensor.shape(), values);
        });
        experts.forEach((name, all) -> {
            long[] one = shapes.get(name);
            float[] values = new float[all.size() * (int) (one[0] * one[1])];
            all.forEach((e, part) -> System.arraycopy(part, 0, values, e * part.length, part.length));
            write(name, new long[] {all.size(), one[0], one[1]}, values);
        });
        return writer;
    }

    private void inLayer(String block, String stem, String ending, long[] shape, float[] values) {
        boolean gemma = type.startsWith("gemma");
        String name =
                stem.equals("post_attention_layernorm") ? gemma ? "post_attention_norm" : "ffn_norm" : NAMES.get(stem);
        boolean pairs = architecture.equals("llama");
        if (pairs && name.equals("attn_q")) {
            write(block + name + ending, shape, permuted(values, number("num_attention_heads")));
        } else if (pairs && name.equals("attn_k")) {
            write(block + name + ending, shape, permuted(values, number("num_key_value_heads")));
        } else if (type.equals("gpt2") && shape.length == 2) {
            write(block + name + ending, new long[] {shape[1], shape[0]}, transposed(values, shape));
        } else {
            write(block + name + ending, shape, name.endsWith("norm") ? norm(values) : values);
        }
    }

    private float[] norm(float[] values) {
        float[] shifted = values.clone();
        for (int i = 0; type.startsWith("gemma") && i < values.length; i++) {
            shifted[i] += 1;
        }
        return shifted;
    }

    /** (heads, 2, half, ...) becomes (heads, half, 2, ...). */
    private float[] permuted(float[] values, int heads) {
        int half = number(config.get("head_dim") != null ? "head_dim" : "num_attention_heads");
        half = config.get("head_dim") != null ? half / 2 : number("hidden_size") / half / 2;
        int rest = values.length / heads / 2 / half;
        float[] permuted = new float[values.length];
        for (int h = 0; h < heads; h++) {
            for (int side = 0; side < 2; side++) {
                for (int i = 0; i < half; i++) {
                    int from = ((h * 2 + side) * half + i) * rest;
                    System.arraycopy(values, from, permuted, ((h * half + i) * 2 + side) * rest, rest);
                }
            }
        }
        return permuted;
    }

    private static float[] transposed(float[] values, long[] shape) {
        float[] turned = new float[values.length];
        for (int r = 0; r < shape[0]; r++) {
            for (int c = 0; c < shape[1]; c++) {
                turned[c * (int) shape[0] + r] = values[r * (int) shape[1] + c];
            }
        }
        return turned;
    }

    private void write(String name, long[] shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        writer.tensor(name, GgmlType.F32, shape, bytes.array());
    }

    private void metadata() {
        writer.with("general.architecture", architecture);
        boolean gpt2 = type.equals("gpt2");
        set("context_length", gpt2 ? "n_positions" : "max_position_embeddings");
        set("embedding_length", gpt2 ? "n_embd" : "hidden_size");
        set("block_count", gpt2 ? "n_layer" : "num_hidden_layers");
        set("attention.head_count", gpt2 ? "n_head" : "num_attention_heads");
        set("vocab_size", "vocab_size");
        if (gpt2) {
            put("feed_forward_length", config.get("n_inner") == null ? 4 * number("n_embd") : number("n_inner"));
            put("attention.layer_norm_epsilon", real("layer_norm_epsilon"));
            return;
        }
        set("feed_forward_length", "intermediate_size");
        set("attention.head_count_kv", "num_key_value_heads");
        put("attention.layer_norm_rms_epsilon", real("rms_norm_eps"));
        if (config.get("head_dim") != null) {
            set("attention.key_length", "head_dim");
            set("attention.value_length", "head_dim");
        }
        set("expert_count", "num_local_experts");
        set("expert_used_count", "num_experts_per_tok");
        set("expert_feed_forward_length", "moe_intermediate_size");
        set("attention.sliding_window", "sliding_window");
        for (String cap : List.of("attn_logit_softcapping", "final_logit_softcapping")) {
            if (config.get(cap) != null) {
                put(cap, real(cap));
            }
        }
        if (config.get("query_pre_attn_scalar") != null) {
            put("attention.scale", 1 / Math.sqrt(number("query_pre_attn_scalar")));
        }
        set("attention.sliding_window_pattern", "_sliding_window_pattern");
        rope();
    }

    @SuppressWarnings("unchecked")
    private void rope() {
        Map<String, Object> rope = (Map<String, Object>) config.get("rope_parameters");
        if (rope.get("full_attention") instanceof Map<?, ?> full) {
            Map<String, Object> local = (Map<String, Object>) rope.get("sliding_attention");
            put("rope.freq_base_swa", ((Number) local.get("rope_theta")).floatValue());
            rope = (Map<String, Object>) full;
        }
        put("rope.freq_base", ((Number) rope.get("rope_theta")).floatValue());
        int head = config.get("head_dim") != null
                ? number("head_dim")
                : number("hidden_size") / number("num_attention_heads");
        double part = rope.get("partial_rotary_factor") instanceof Number n ? n.doubleValue() : 1;
        put("rope.dimension_count", (int) (head * part));
        switch ((String) rope.get("rope_type")) {
            case "default" -> {}
            case "linear" -> {
                put("rope.scaling.type", "linear");
                put("rope.scaling.factor", ((Number) rope.get("factor")).floatValue());
            }
            case "yarn" -> {
                put("rope.scaling.type", "yarn");
                put("rope.scaling.factor", ((Number) rope.get("factor")).floatValue());
                put(
                        "rope.scaling.original_context_length",
                        ((Number) rope.get("original_max_position_embeddings")).intValue());
            }
            case "llama3" -> write("rope_freqs.weight", new long[] {head / 2}, llama3(rope, head));
            case "longrope" -> {
                put(
                        "rope.scaling.original_context_length",
                        ((Number) rope.get("original_max_position_embeddings")).intValue());
                for (String which : List.of("long", "short")) {
                    List<Number> factors = (List<Number>) rope.get(which + "_factor");
                    float[] values = new float[factors.size()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = factors.get(i).floatValue();
                    }
                    write("rope_factors_" + which + ".weight", new long[] {values.length}, values);
                }
            }
            default -> throw new IllegalArgumentException(rope.toString());
        }
    }

    /** Factors by frequency of Llama 3 (transformers, modeling_rope_utils.py). */
    static float[] llama3(Map<String, Object> rope, int head) {
        double theta = ((Number) rope.get("rope_theta")).doubleValue();
        double factor = ((Number) rope.get("factor")).doubleValue();
        double low = ((Number) rope.get("low_freq_factor")).doubleValue();
        double high = ((Number) rope.get("high_freq_factor")).doubleValue();
        double old = ((Number) rope.get("original_max_position_embeddings")).doubleValue();
        float[] factors = new float[head / 2];
        for (int i = 0; i < factors.length; i++) {
            double length = 2 * Math.PI * Math.pow(theta, 2.0 * i / head);
            double smooth = (old / length - low) / (high - low);
            double blend = 1 / ((1 - smooth) / factor + smooth);
            factors[i] = (float) (length < old / high ? 1 : length > old / low ? factor : blend);
        }
        return factors;
    }

    private void set(String key, String name) {
        if (config.get(name) != null) {
            put(key, number(name));
        }
    }

    private void put(String key, Object value) {
        writer.with(architecture + "." + key, value);
    }

    private int number(String name) {
        return ((Number) config.get(name)).intValue();
    }

    private float real(String name) {
        return ((Number) config.get(name)).floatValue();
    }
}
