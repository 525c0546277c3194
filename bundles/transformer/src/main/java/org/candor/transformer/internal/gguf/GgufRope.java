package org.candor.transformer.internal.gguf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelFormatException;

/**
 * The rotary embedding of a GGUF file, as {@code rope_parameters} of transformers 5. Factors by frequency, which GGUF
 * keeps as tensors, become {@code longrope}: that divides each frequency by a factor, which is all that Llama 3's scaling
 * comes to once its parameters are known (llama.cpp, conversion/llama.py and conversion/phi.py).
 *
 * @param factors numbers of a tensor of factors by its name, or null
 */
record GgufRope(GgufSettings settings, int headSize, int context, Factors factors) {

    private static final double UNBOUNDED = 1e12;

    /** Where factors come from. */
    interface Factors {

        /** The numbers of a tensor, null when there is none of this name. */
        float[] of(String tensor) throws ModelFormatException;
    }

    /** Dimensions of a head that turn. */
    int rotary() throws ModelFormatException {
        return settings.whole("rope.dimension_count", headSize, 2, headSize);
    }

    /** Of layers with full attention, or of all. */
    Map<String, Object> parameters() throws ModelFormatException {
        Map<String, Object> rope = new LinkedHashMap<>();
        rope.put("rope_theta", settings.number("rope.freq_base", 10_000.0, 0, UNBOUNDED));
        if (rotary() != headSize) {
            rope.put("partial_rotary_factor", (double) rotary() / headSize);
        }
        double factor = factor();
        String type = type(factor);
        if (factorsByFrequency(rope, type, factor)) {
            return rope;
        }
        rope.put("rope_type", type);
        if (!type.equals("default")) {
            rope.put("factor", factor);
        }
        if (type.equals("yarn")) {
            yarn(rope, factor);
        }
        return rope;
    }

    /** How far positions are stretched, 1 for not at all. Old files have the key {@code rope.scale_linear}. */
    private double factor() throws ModelFormatException {
        String key = settings.has("rope.scaling.factor") ? "rope.scaling.factor" : "rope.scale_linear";
        double factor = settings.numberOrNone(key, 1, 1e6);
        return factor == 0 ? 1 : factor;
    }

    private String type(double factor) throws ModelFormatException {
        String type = settings.text("rope.scaling.type");
        if (type == null) {
            return factor == 1 ? "default" : "linear";
        }
        return switch (type) {
            case "none" -> "default";
            case "linear" -> factor == 1 ? "default" : "linear";
            case "yarn", "longrope" -> type;
            default -> throw settings.refusal("rope.scaling.type", type, "none, linear, yarn, longrope");
        };
    }

    private void yarn(Map<String, Object> rope, double factor) throws ModelFormatException {
        rope.put("original_max_position_embeddings", (long) original());
        String key = settings.has("rope.scaling.yarn_attn_factor")
                ? "rope.scaling.yarn_attn_factor"
                : "rope.scaling.attn_factor";
        double attention = settings.number(key, 1.0, 0, UNBOUNDED);
        if (attention != 1) {
            // llama.cpp multiplies its own factor with what YaRN (Peng et al. 2023, equation 22) gives by itself.
            rope.put("attention_factor", attention * (factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1));
        }
        rope.put("beta_fast", settings.number("rope.scaling.yarn_beta_fast", 32.0, 0, UNBOUNDED));
        rope.put("beta_slow", settings.number("rope.scaling.yarn_beta_slow", 1.0, 0, UNBOUNDED));
    }

    /** The length that the model was trained on before it was stretched. */
    int original() throws ModelFormatException {
        return settings.whole("rope.scaling.original_context_length", context, 1, 1 << 30);
    }

    private boolean factorsByFrequency(Map<String, Object> rope, String type, double factor)
            throws ModelFormatException {
        float[] all = factors.of("rope_freqs.weight");
        float[] lengthy = factors.of("rope_factors_long.weight");
        float[] brief = factors.of("rope_factors_short.weight");
        if (all == null && lengthy == null && brief == null) {
            if (type.equals("longrope")) {
                throw settings.refusal("rope.scaling.type", type, "longrope only with tensors of factors");
            }
            return false;
        }
        if (all != null && (lengthy != null || brief != null) || (lengthy == null) != (brief == null)) {
            throw settings.refusal(
                    "rope",
                    "given by an odd set of tensors",
                    "rope_freqs, or rope_factors_long and rope_factors_short");
        }
        if (type.equals("yarn")) {
            throw settings.refusal("rope.scaling.type", type, "anything else beside tensors of factors");
        }
        double stretch = type.equals("linear") ? factor : 1;
        rope.put("rope_type", "longrope");
        rope.put("long_factor", list(all != null ? all : lengthy, stretch));
        rope.put("short_factor", list(all != null ? all : brief, stretch));
        rope.put("original_max_position_embeddings", (long) (all != null ? context : original()));
        if (all != null) {
            rope.put("attention_factor", 1.0);
        } else if (settings.has("rope.scaling.attn_factor")) {
            rope.put("attention_factor", settings.number("rope.scaling.attn_factor", null, 0, UNBOUNDED));
        }
        return true;
    }

    private List<Object> list(float[] numbers, double stretch) throws ModelFormatException {
        if (numbers.length != rotary() / 2) {
            throw settings.refusal(
                    "rope", "given by " + numbers.length + " factors", "one for each of " + rotary() / 2 + " pairs");
        }
        List<Object> list = new ArrayList<>();
        for (float number : numbers) {
            if (!(number > 0) || Float.isInfinite(number)) {
                throw settings.refusal("rope", "given by a factor of " + number, "positive factors");
            }
            list.add(stretch == 1 ? Double.parseDouble(Float.toString(number)) : number * stretch);
        }
        return list;
    }
}
