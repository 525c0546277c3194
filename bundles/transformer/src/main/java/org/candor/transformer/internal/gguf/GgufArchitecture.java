package org.candor.transformer.internal.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelFormatException;

/**
 * Model families whose GGUF files are understood: {@code general.architecture}, and what their conversion calls and
 * changes (llama.cpp, gguf-py/gguf/tensor_mapping.py and conversion/).
 */
enum GgufArchitecture {
    /** Llama, Mistral, and Mixtral with experts. Rows of q and k are in rotary pairs. */
    LLAMA("llama", Blocks.LLAMA),
    QWEN2("qwen2", Blocks.LLAMA),
    QWEN2MOE("qwen2moe", Blocks.LLAMA),
    QWEN3("qwen3", Blocks.LLAMA),
    QWEN3MOE("qwen3moe", Blocks.LLAMA),
    /** One is added to the weights of norms, as in GEMMA3. */
    GEMMA2("gemma2", Blocks.GEMMA),
    GEMMA3("gemma3", Blocks.GEMMA),
    /** q, k and v are fused, and gate and up in {@code ffn_up}. */
    PHI3("phi3", Blocks.PHI3),
    /** Matrices are (outputs, inputs) here, but (inputs, outputs) in transformers. */
    GPT2("gpt2", Blocks.GPT2);

    private final String label;
    private final Map<String, String> blockNames;

    GgufArchitecture(String label, Map<String, String> blockNames) {
        this.label = label;
        this.blockNames = blockNames;
    }

    /**
     * What a file says it is.
     *
     * @throws ModelFormatException when it says nothing, or something not supported
     */
    static GgufArchitecture of(GgufMetadata metadata) throws ModelFormatException {
        String type = metadata.text("general.type");
        if (type != null && !type.equals("model")) {
            throw new ModelFormatException(metadata.file() + ": general.type \"" + GgufMetadata.shown(type, 60)
                    + "\" is not supported (\"model\" is)");
        }
        String name = metadata.text("general.architecture");
        if (name == null) {
            throw new ModelFormatException(metadata.file() + ": general.architecture is missing");
        }
        for (GgufArchitecture architecture : values()) {
            if (architecture.label.equals(name)) {
                return architecture;
            }
        }
        List<String> supported =
                Arrays.stream(values()).map(architecture -> architecture.label).toList();
        throw new ModelFormatException(metadata.file() + ": general.architecture \"" + GgufMetadata.shown(name, 60)
                + "\" is not supported (" + supported + " are)");
    }

    /** {@code general.architecture}, before all of its keys. */
    String label() {
        return label;
    }

    /** Names within a block, without {@code .weight} or {@code .bias}: here, and in transformers. */
    Map<String, String> blockNames() {
        return blockNames;
    }

    boolean isGemma() {
        return this == GEMMA2 || this == GEMMA3;
    }

    /** Names within a block. */
    private static final class Blocks {

        private static final Map<String, String> LLAMA = Map.ofEntries(
                Map.entry("attn_norm", "input_layernorm"),
                Map.entry("attn_q", "self_attn.q_proj"),
                Map.entry("attn_k", "self_attn.k_proj"),
                Map.entry("attn_v", "self_attn.v_proj"),
                Map.entry("attn_output", "self_attn.o_proj"),
                Map.entry("attn_q_norm", "self_attn.q_norm"),
                Map.entry("attn_k_norm", "self_attn.k_norm"),
                Map.entry("attn_rot_embd", "self_attn.rotary_emb.inv_freq"),
                Map.entry("ffn_norm", "post_attention_layernorm"),
                Map.entry("ffn_gate", "mlp.gate_proj"),
                Map.entry("ffn_up", "mlp.up_proj"),
                Map.entry("ffn_down", "mlp.down_proj"),
                Map.entry("ffn_gate_inp", "mlp.gate"),
                Map.entry("ffn_gate_inp_shexp", "mlp.shared_expert_gate"),
                Map.entry("ffn_gate_shexp", "mlp.shared_expert.gate_proj"),
                Map.entry("ffn_up_shexp", "mlp.shared_expert.up_proj"),
                Map.entry("ffn_down_shexp", "mlp.shared_expert.down_proj"));

        private static final Map<String, String> GEMMA = Map.ofEntries(
                Map.entry("attn_norm", "input_layernorm"),
                Map.entry("attn_q", "self_attn.q_proj"),
                Map.entry("attn_k", "self_attn.k_proj"),
                Map.entry("attn_v", "self_attn.v_proj"),
                Map.entry("attn_output", "self_attn.o_proj"),
                Map.entry("attn_q_norm", "self_attn.q_norm"),
                Map.entry("attn_k_norm", "self_attn.k_norm"),
                Map.entry("post_attention_norm", "post_attention_layernorm"),
                Map.entry("ffn_norm", "pre_feedforward_layernorm"),
                Map.entry("ffn_gate", "mlp.gate_proj"),
                Map.entry("ffn_up", "mlp.up_proj"),
                Map.entry("ffn_down", "mlp.down_proj"),
                Map.entry("post_ffw_norm", "post_feedforward_layernorm"));

        private static final Map<String, String> PHI3 = Map.of(
                "attn_norm", "input_layernorm",
                "attn_qkv", "self_attn.qkv_proj",
                "attn_output", "self_attn.o_proj",
                "ffn_norm", "post_attention_layernorm",
                "ffn_up", "mlp.gate_up_proj",
                "ffn_down", "mlp.down_proj");

        private static final Map<String, String> GPT2 = Map.of(
                "attn_norm", "ln_1",
                "attn_qkv", "attn.c_attn",
                "attn_output", "attn.c_proj",
                "ffn_norm", "ln_2",
                "ffn_up", "mlp.c_fc",
                "ffn_down", "mlp.c_proj");

        private Blocks() {}
    }
}
