package org.candor.transformer.internal.gguf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.api.model.ModelFormatException;

/**
 * Gives the tensors of a GGUF file the names, shapes and order that transformers has for them. What conversion moved is
 * described, not moved back. Tensors of unknown names keep them. Immutable.
 */
final class GgufNames {

    private static final Pattern BLOCK = Pattern.compile("blk\\.(0|[1-9]\\d{0,4})\\.(.+)\\.(weight|bias)");
    private static final Pattern ONE_EXPERT = Pattern.compile("ffn_(gate|up|down)\\.(0|[1-9]\\d{0,4})");
    private static final Pattern ALL_EXPERTS = Pattern.compile("ffn_(gate|up|down|gate_up)_exps");

    private static final Map<String, String> AROUND_LLAMA = Map.of(
            "token_embd", "model.embed_tokens",
            "output_norm", "model.norm",
            "output", "lm_head");
    private static final Map<String, String> AROUND_GPT2 = Map.of(
            "token_embd", "transformer.wte",
            "position_embd", "transformer.wpe",
            "output_norm", "transformer.ln_f",
            "output", "lm_head");

    private static final Map<String, String> MIXTRAL = Map.of("gate", "w1", "up", "w3", "down", "w2");
    private static final Map<String, String> QWEN = Map.of("gate", "gate_proj", "up", "up_proj", "down", "down_proj");

    private final String file;
    private final GgufArchitecture architecture;
    private final int heads;
    private final int keyValueHeads;
    private final int experts;

    /** @param experts how many, 0 for none */
    GgufNames(String file, GgufArchitecture architecture, int heads, int keyValueHeads, int experts) {
        this.file = file;
        this.architecture = architecture;
        this.heads = heads;
        this.keyValueHeads = keyValueHeads;
        this.experts = experts;
    }

    /**
     * What a tensor is to transformers: usually one tensor, several where it holds all experts or q, k and v.
     *
     * @throws ModelFormatException when its shape contradicts its name
     */
    List<NamedTensor> of(GgufTensor tensor) throws ModelFormatException {
        Matcher block = BLOCK.matcher(tensor.name());
        if (block.matches()) {
            return inBlock(tensor, Integer.parseInt(block.group(1)), block.group(2), "." + block.group(3));
        }
        int dot = tensor.name().lastIndexOf('.');
        boolean gpt2 = architecture == GgufArchitecture.GPT2;
        String around = dot < 0
                ? null
                : (gpt2 ? AROUND_GPT2 : AROUND_LLAMA).get(tensor.name().substring(0, dot));
        if (around == null) {
            return List.of(NamedTensor.whole(tensor.name(), tensor));
        }
        return List.of(changed(NamedTensor.whole(around + tensor.name().substring(dot), tensor)));
    }

    private List<NamedTensor> inBlock(GgufTensor tensor, int number, String stem, String ending)
            throws ModelFormatException {
        String block = (architecture == GgufArchitecture.GPT2 ? "transformer.h." : "model.layers.") + number + ".";
        Matcher all = ALL_EXPERTS.matcher(stem);
        if (experts > 0 && all.matches()) {
            return experts(tensor, block, all.group(1), ending);
        }
        Matcher one = ONE_EXPERT.matcher(stem);
        if (experts > 0 && one.matches()) {
            return List.of(
                    NamedTensor.whole(expert(block, Integer.parseInt(one.group(2)), one.group(1)) + ending, tensor));
        }
        String name = architecture.blockNames().get(stem);
        if (name == null && stem.equals("attn_qkv")) {
            return queryKeyValue(tensor, block, ending);
        }
        if (name == null) {
            return List.of(NamedTensor.whole(tensor.name(), tensor));
        }
        if (stem.equals("ffn_gate_inp") && mixtral()) {
            name = "block_sparse_moe.gate";
        }
        NamedTensor named = NamedTensor.whole(block + name + (stem.equals("attn_rot_embd") ? "" : ending), tensor);
        if (stem.equals("ffn_gate_inp_shexp") && tensor.shape().length == 1) {
            named = named.shaped(1, tensor.shape()[0]);
        }
        return List.of(
                switch (stem) {
                    case "attn_q" -> paired(named, heads);
                    case "attn_k" -> paired(named, keyValueHeads);
                    default -> changed(named);
                });
    }

    /** What conversion did to all tensors of a kind. */
    private NamedTensor changed(NamedTensor named) {
        if (architecture.isGemma() && named.name().endsWith("norm.weight")) {
            return named.shifted(-1);
        }
        boolean linear = architecture == GgufArchitecture.GPT2
                && named.name().startsWith("transformer.h.")
                && named.shape().length == 2;
        return linear ? named.turnedRound() : named;
    }

    private NamedTensor paired(NamedTensor named, int ofHeads) throws ModelFormatException {
        if (architecture != GgufArchitecture.LLAMA) {
            return changed(named);
        }
        long rows = named.shape().length == 0 ? 0 : named.shape()[0];
        if (rows == 0 || rows % (2L * ofHeads) != 0 || rows / ofHeads > Integer.MAX_VALUE) {
            throw refusal(named.source(), "is not " + ofHeads + " heads of rotary pairs");
        }
        boolean vectorOfBlocks =
                named.shape().length == 1 && named.source().type().blockValues() > 1;
        if (vectorOfBlocks) {
            throw refusal(
                    named.source(),
                    "is a vector in rotary pairs, which cannot be of type "
                            + named.source().type());
        }
        return named.ordered(new RowOrder.RotaryPairs((int) (rows / ofHeads)));
    }

    private List<NamedTensor> queryKeyValue(GgufTensor tensor, String block, String ending)
            throws ModelFormatException {
        long all = heads + 2L * keyValueHeads;
        long rows = tensor.shape().length == 0 ? 0 : tensor.shape()[0];
        boolean vectorOfBlocks = tensor.shape().length == 1 && tensor.type().blockValues() > 1;
        if (rows == 0 || rows % all != 0 || vectorOfBlocks) {
            throw refusal(tensor, "is not q, k and v of " + heads + " and " + keyValueHeads + " heads");
        }
        long head = rows / all;
        NamedTensor whole = NamedTensor.whole(tensor.name(), tensor);
        String attention = block + "self_attn.";
        long keys = heads * head;
        long values = keys + keyValueHeads * head;
        return List.of(
                paired(whole.slice(attention + "q_proj" + ending, 0, keys), heads),
                paired(whole.slice(attention + "k_proj" + ending, keys, keyValueHeads * head), keyValueHeads),
                whole.slice(attention + "v_proj" + ending, values, keyValueHeads * head));
    }

    private List<NamedTensor> experts(GgufTensor tensor, String block, String role, String ending)
            throws ModelFormatException {
        boolean fused = role.equals("gate_up");
        long[] shape = tensor.shape();
        if (shape.length != 3 || shape[0] != experts || fused && shape[1] % 2 != 0) {
            throw refusal(tensor, "does not hold " + experts + " experts" + (fused ? " with gate and up" : ""));
        }
        List<NamedTensor> named = new ArrayList<>();
        NamedTensor whole = NamedTensor.whole(tensor.name(), tensor);
        for (int e = 0; e < experts; e++) {
            NamedTensor one = whole.slice(tensor.name(), e, 1).shaped(shape[1], shape[2]);
            if (fused) {
                long half = shape[1] / 2;
                named.add(one.slice(expert(block, e, "gate") + ending, 0, half));
                named.add(one.slice(expert(block, e, "up") + ending, half, half));
            } else {
                named.add(one.slice(expert(block, e, role) + ending, 0, shape[1]));
            }
        }
        return named;
    }

    private String expert(String block, int number, String role) {
        return mixtral()
                ? block + "block_sparse_moe.experts." + number + "." + MIXTRAL.get(role)
                : block + "mlp.experts." + number + "." + QWEN.get(role);
    }

    private boolean mixtral() {
        return architecture == GgufArchitecture.LLAMA && experts > 0;
    }

    private ModelFormatException refusal(GgufTensor tensor, String rule) {
        return new ModelFormatException(
                file + ": tensor " + tensor.name() + " of shape " + Arrays.toString(tensor.shape()) + " " + rule);
    }
}
