package org.candor.transformer.internal.gguf;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.model.ModelFormatException;

/** The keys of one architecture in a file's metadata, checked as they are read. Not thread safe. */
final class GgufSettings {

    /**
     * Keys that change what a model computes and are not supported, with the values that change nothing. Others that are
     * not asked for are reported as unread.
     */
    private static final Map<String, Set<Double>> NEUTRAL = Map.ofEntries(
            Map.entry("attention.clamp_kqv", Set.of(0.0)),
            Map.entry("attention.max_alibi_bias", Set.of(0.0)),
            Map.entry("attention.output_scale", Set.of(0.0, 1.0)),
            Map.entry("attention.temperature_length", Set.of(0.0)),
            Map.entry("attention.temperature_scale", Set.of(0.0)),
            Map.entry("attention.q_lora_rank", Set.of(0.0)),
            Map.entry("attention.kv_lora_rank", Set.of(0.0)),
            Map.entry("attention.shared_kv_layers", Set.of(0.0)),
            Map.entry("embedding_scale", Set.of(0.0, 1.0)),
            Map.entry("residual_scale", Set.of(0.0, 1.0)),
            Map.entry("logit_scale", Set.of(0.0, 1.0)),
            Map.entry("router_logit_softcapping", Set.of(0.0)),
            Map.entry("expert_weights_scale", Set.of(0.0, 1.0)),
            // 1 is softmax.
            Map.entry("expert_gating_func", Set.of(0.0, 1.0)),
            Map.entry("expert_group_count", Set.of(0.0, 1.0)),
            Map.entry("interleave_moe_layer_step", Set.of(0.0, 1.0)),
            Map.entry("moe_every_n_layers", Set.of(0.0, 1.0)),
            Map.entry("nextn_predict_layers", Set.of(0.0)),
            Map.entry("leading_dense_block_count", Set.of(0.0)),
            Map.entry("rope.scaling.yarn_log_multiplier", Set.of(0.0)),
            Map.entry("rope.scaling.yarn_ext_factor", Set.of(-1.0, 1.0)));

    /** Switches that change what a model computes and are not supported, with the value that changes nothing. */
    private static final Map<String, Boolean> OFF =
            Map.of("attention.causal", true, "use_parallel_residual", false, "swin_norm", false);

    private final GgufMetadata metadata;
    private final String prefix;

    GgufSettings(GgufMetadata metadata, GgufArchitecture architecture) {
        this.metadata = metadata;
        this.prefix = architecture.label() + ".";
    }

    /** @throws ModelFormatException when a key asks for arithmetic that is not supported */
    void refuseUnsupported() throws ModelFormatException {
        for (Map.Entry<String, Set<Double>> key : NEUTRAL.entrySet()) {
            Double value = metadata.number(prefix + key.getKey());
            if (value != null && !key.getValue().contains(value)) {
                throw refusal(key.getKey(), value, "absent, or " + key.getValue());
            }
        }
        for (Map.Entry<String, Boolean> key : OFF.entrySet()) {
            Boolean value = metadata.truth(prefix + key.getKey());
            if (value != null && !value.equals(key.getValue())) {
                throw refusal(key.getKey(), value, "absent, or " + key.getValue());
            }
        }
        if (metadata.array(prefix + "rope.dimension_sections") != null) {
            throw refusal("rope.dimension_sections", "there", "absent");
        }
    }

    boolean has(String key) {
        return metadata.value(prefix + key) != null;
    }

    String text(String key) throws ModelFormatException {
        return metadata.text(prefix + key);
    }

    Boolean truth(String key) throws ModelFormatException {
        return metadata.truth(prefix + key);
    }

    /** A whole number that must be there. */
    int whole(String key, int least, int most) throws ModelFormatException {
        return whole(key, null, least, most);
    }

    /**
     * A whole number, or an array that holds the same one for each layer.
     *
     * @param fallback for an absent key, or null where it is needed
     */
    int whole(String key, Integer fallback, int least, int most) throws ModelFormatException {
        Object value = metadata.value(prefix + key);
        if (value instanceof GgufArray array) {
            value = array.isEmpty() ? "nothing" : array.getFirst();
            for (Object other : array) {
                if (!other.equals(value)) {
                    throw refusal(key, "different by layer", "one number for all");
                }
            }
        }
        if (value == null && fallback != null) {
            return fallback;
        }
        if (value instanceof Long number && number >= least && number <= most) {
            return number.intValue();
        }
        throw refusal(key, value, "a whole number from " + least + " to " + most);
    }

    /**
     * A number.
     *
     * @param fallback for an absent key, or null where it is needed
     * @param above lower bound, not allowed itself
     */
    double number(String key, Double fallback, double above, double most) throws ModelFormatException {
        Double value = metadata.number(prefix + key);
        if (value == null && fallback != null) {
            return fallback;
        }
        if (value != null && value > above && value <= most) {
            return value;
        }
        throw refusal(key, value, "a number above " + above + " and at most " + most);
    }

    /** A number of at least 0, where 0 stands for none. */
    double numberOrNone(String key, double fallback, double most) throws ModelFormatException {
        Double value = metadata.number(prefix + key);
        if (value == null) {
            return fallback;
        }
        if (value >= 0 && value <= most) {
            return value;
        }
        throw refusal(key, value, "a number from 0 to " + most);
    }

    /** A switch for each layer, or null. */
    List<Object> switches(String key, int layers) throws ModelFormatException {
        Object value = metadata.value(prefix + key);
        if (!(value instanceof GgufArray array)) {
            return null;
        }
        if (array.size() != layers || array.elementType() != GgufValueType.BOOL) {
            throw refusal(key, array.size() + " values of type " + array.elementType(), layers + " booleans");
        }
        return array;
    }

    ModelFormatException refusal(String key, Object value, String allowed) {
        String found = value == null ? "is missing" : "is " + GgufMetadata.shown(value.toString(), 60);
        return new ModelFormatException(
                metadata.file() + ": " + prefix + key + " " + found + " (allowed: " + allowed + ")");
    }
}
