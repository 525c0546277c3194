package org.candor.transformer.internal.decoder;

import java.util.Map;
import org.candor.api.model.ModelFormatException;

/**
 * Reads rotary embeddings from config.json: {@code rope_parameters} as transformers 5 writes them, also one set for each
 * kind of layer, or {@code rope_theta} and {@code rope_scaling} as before. Formulas and defaults are those of
 * transformers 5 (modeling_rope_utils).
 *
 * @param keys of config.json
 * @param headSize dimensions of a head
 * @param positions most positions
 * @param theta base where the file names none
 */
record RotaryReader(ConfigurationKeys keys, int headSize, int positions, double theta) {

    private static final double UNBOUNDED = 1e12;

    /** The embedding of layers with full attention, or of all layers. */
    RotaryEmbedding full() throws ModelFormatException {
        ConfigurationKeys parameters = keys.object("rope_parameters");
        if (parameters != null) {
            return perLayerType(parameters) ? of(needed(parameters, "full_attention"), theta) : of(parameters, theta);
        }
        double base = keys.number("rope_theta", theta, 0, UNBOUNDED);
        ConfigurationKeys scaling = keys.object("rope_scaling");
        return scaling == null ? new RotaryEmbedding.Plain(base, rotary(keys)) : of(scaling, base);
    }

    /**
     * The embedding of layers with a sliding window, where it can be another one.
     *
     * @param localTheta base where the file names none
     */
    RotaryEmbedding sliding(double localTheta) throws ModelFormatException {
        ConfigurationKeys parameters = keys.object("rope_parameters");
        if (parameters != null) {
            return perLayerType(parameters)
                    ? of(needed(parameters, "sliding_attention"), localTheta)
                    : of(parameters, theta);
        }
        double base = keys.number("rope_local_base_freq", localTheta, 0, UNBOUNDED);
        return new RotaryEmbedding.Plain(base, rotary(keys));
    }

    private static boolean perLayerType(ConfigurationKeys parameters) {
        return parameters.values().values().stream().anyMatch(value -> value instanceof Map<?, ?>);
    }

    private static ConfigurationKeys needed(ConfigurationKeys parameters, String type) throws ModelFormatException {
        ConfigurationKeys found = parameters.object(type);
        if (found == null) {
            throw parameters.wrong(type, "an object");
        }
        return found;
    }

    private RotaryEmbedding of(ConfigurationKeys scaling, double fallback) throws ModelFormatException {
        double base = scaling.number("rope_theta", fallback, 0, UNBOUNDED);
        int rotary = rotary(scaling.has("partial_rotary_factor") ? scaling : keys);
        String key = scaling.has("rope_type") ? "rope_type" : "type";
        return switch (scaling.string(key, "default")) {
            case "default" -> new RotaryEmbedding.Plain(base, rotary);
            case "linear" -> new RotaryEmbedding.Linear(base, rotary, factor(scaling));
            case "dynamic" -> {
                if (rotary < 4) {
                    throw scaling.wrong(key, "a kind for the " + rotary + " dimensions that turn");
                }
                yield new RotaryEmbedding.Dynamic(base, rotary, factor(scaling), original(scaling));
            }
            case "llama3" -> {
                double low = scaling.number("low_freq_factor", null, 0, UNBOUNDED);
                yield new RotaryEmbedding.Llama3(
                        base,
                        rotary,
                        factor(scaling),
                        low,
                        scaling.number("high_freq_factor", null, low, UNBOUNDED),
                        original(scaling));
            }
            case "yarn" -> yarn(scaling, base, rotary);
            case "longrope", "su" -> longRope(scaling, base, rotary);
            default -> throw scaling.wrong(key, "default, linear, dynamic, llama3, yarn, longrope");
        };
    }

    private RotaryEmbedding yarn(ConfigurationKeys scaling, double base, int rotary) throws ModelFormatException {
        if (base <= 1) {
            throw scaling.wrong("rope_theta", "above 1 for yarn");
        }
        double factor = scaling.has("factor") ? factor(scaling) : (double) positions / original(scaling);
        double amplitude;
        if (scaling.has("attention_factor")) {
            amplitude = scaling.number("attention_factor", null, 0, UNBOUNDED);
        } else if (scaling.has("mscale") && scaling.has("mscale_all_dim")) {
            amplitude = magnitude(factor, scaling.number("mscale", null, 0, UNBOUNDED))
                    / magnitude(factor, scaling.number("mscale_all_dim", null, 0, UNBOUNDED));
        } else {
            amplitude = magnitude(factor, 1);
        }
        return new RotaryEmbedding.Yarn(
                base,
                rotary,
                factor,
                scaling.number("beta_fast", 32.0, 0, UNBOUNDED),
                scaling.number("beta_slow", 1.0, 0, UNBOUNDED),
                scaling.flag("truncate", true),
                original(scaling),
                amplitude);
    }

    /** Peng et al. 2023, equation 22. */
    private static double magnitude(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    private RotaryEmbedding longRope(ConfigurationKeys scaling, double base, int rotary) throws ModelFormatException {
        for (String key : new String[] {"short_mscale", "long_mscale"}) {
            scaling.refuse(key, "absent");
        }
        int original = original(scaling);
        double factor = scaling.has("factor") && !keys.has("original_max_position_embeddings")
                ? factor(scaling)
                : (double) positions / original;
        double amplitude = factor <= 1 || original == 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new RotaryEmbedding.LongRope(
                base,
                rotary,
                scaling.numbers("short_factor", rotary / 2),
                scaling.numbers("long_factor", rotary / 2),
                original,
                scaling.number("attention_factor", amplitude, 0, UNBOUNDED));
    }

    private static double factor(ConfigurationKeys scaling) throws ModelFormatException {
        return scaling.number("factor", null, 0, 1e6);
    }

    /** The length that the model was trained on before it was stretched. */
    private int original(ConfigurationKeys scaling) throws ModelFormatException {
        String key = "original_max_position_embeddings";
        return scaling.whole(key, keys.whole(key, positions, 1, 1 << 30), 1, 1 << 30);
    }

    private int rotary(ConfigurationKeys where) throws ModelFormatException {
        int rotary = (int) (headSize * where.number("partial_rotary_factor", 1.0, 0, 1));
        if (rotary < 2 || rotary % 2 != 0) {
            throw new ModelFormatException(keys.file() + ": " + rotary + " of " + headSize
                    + " dimensions of a head would turn (partial_rotary_factor); an even number is needed");
        }
        return rotary;
    }
}
