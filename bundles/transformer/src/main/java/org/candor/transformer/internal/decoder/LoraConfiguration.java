package org.candor.transformer.internal.decoder;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.candor.api.model.ModelFormatException;

/**
 * adapter_config.json of a low-rank adapter as PEFT writes it (Hu et al. 2021): which linear layers get
 * y += scale * B A x, and with which rank and scale. Modules are named as in the base's files, without prefixes of PEFT.
 *
 * @param rank of modules that no pattern names
 * @param alpha likewise
 * @param rankStabilised whether the scale is alpha / sqrt(rank) (Kalajdzievski 2023) rather than alpha / rank
 * @param targets ends of the names of the adapted modules, or null for all
 * @param ranks of modules whose names end with a key
 * @param alphas likewise
 */
record LoraConfiguration(
        int rank,
        double alpha,
        boolean rankStabilised,
        Set<NameEnd> targets,
        Map<NameEnd, Integer> ranks,
        Map<NameEnd, Double> alphas) {

    static final int MOST_RANK = 1_024;
    private static final double MOST_ALPHA = 1_000_000;
    private static final int MOST_NAMES = 10_000;
    private static final String ALL = "all-linear";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

    /** Keys that are read below. */
    private static final Set<String> READ = Set.of(
            "peft_type",
            "task_type",
            "r",
            "lora_alpha",
            "target_modules",
            "use_rslora",
            "rank_pattern",
            "alpha_pattern",
            "bias",
            "init_lora_weights");

    /**
     * Keys that say where an adapter comes from, or how it was trained. fan_in_fan_out says how the base stores a
     * matrix, which the base's family tells; A and B are (rank, inputs) and (outputs, rank) either way.
     */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "base_model_name_or_path",
            "revision",
            "auto_mapping",
            "peft_version",
            "inference_mode",
            "fan_in_fan_out",
            "lora_dropout",
            "megatron_core",
            "qalora_group_size",
            "loftq_config",
            "eva_config",
            "corda_config",
            "lora_ga_config",
            "runtime_config");

    /** Beginnings that leave the base as it is. Others (PiSSA, OLoRA, LoftQ ...) change the base's weights, too. */
    private static final Set<Object> BEGINNINGS = Set.of(true, false, "gaussian", "eva", "orthogonal");

    /** The name of a module, or its end behind a dot. */
    record NameEnd(String end, boolean whole) {
        boolean matches(String module) {
            return module.equals(end)
                    || !whole && module.endsWith(end) && module.charAt(module.length() - end.length() - 1) == '.';
        }
    }

    /** @throws ModelFormatException naming the key, its value and what is allowed */
    static LoraConfiguration read(ConfigurationKeys keys) throws ModelFormatException {
        require(keys, "peft_type", "LORA");
        require(keys, "task_type", "CAUSAL_LM");
        for (String key : keys.values().keySet()) {
            if (!READ.contains(key)
                    && !WITHOUT_EFFECT.contains(key)
                    && !neutral(keys.values().get(key))) {
                throw keys.wrong(key, "absent, null, false or empty");
            }
        }
        if (!keys.string("bias", "none").equals("none")) {
            throw keys.wrong("bias", "none");
        }
        Object beginning = keys.values().get("init_lora_weights");
        if (beginning != null && !BEGINNINGS.contains(beginning)) {
            throw keys.wrong("init_lora_weights", "true, false, gaussian, eva, orthogonal");
        }
        Map<NameEnd, Integer> ranks = new LinkedHashMap<>();
        ConfigurationKeys rankPattern = pattern(keys, "rank_pattern");
        for (String key : rankPattern.values().keySet()) {
            ranks.put(regularName(rankPattern, key), rankPattern.whole(key, null, 1, MOST_RANK));
        }
        Map<NameEnd, Double> alphas = new LinkedHashMap<>();
        ConfigurationKeys alphaPattern = pattern(keys, "alpha_pattern");
        for (String key : alphaPattern.values().keySet()) {
            alphas.put(regularName(alphaPattern, key), alphaPattern.number(key, null, 0, MOST_ALPHA));
        }
        return new LoraConfiguration(
                keys.whole("r", null, 1, MOST_RANK),
                keys.number("lora_alpha", null, 0, MOST_ALPHA),
                keys.flag("use_rslora", false),
                targets(keys),
                ranks,
                alphas);
    }

    private static void require(ConfigurationKeys keys, String key, String value) throws ModelFormatException {
        if (!value.equals(keys.values().get(key))) {
            throw keys.wrong(key, value);
        }
    }

    private static boolean neutral(Object value) {
        return switch (value) {
            case null -> true;
            case Boolean flag -> !flag;
            case List<?> list -> list.isEmpty();
            case Map<?, ?> map -> map.isEmpty();
            default -> false;
        };
    }

    private static Set<NameEnd> targets(ConfigurationKeys keys) throws ModelFormatException {
        String allowed = "1 to " + MOST_NAMES + " names of modules, or \"" + ALL + "\"";
        Object value = keys.values().get("target_modules");
        if (ALL.equals(value)) {
            return null;
        }
        if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > MOST_NAMES) {
            throw keys.wrong("target_modules", allowed);
        }
        Set<NameEnd> targets = new LinkedHashSet<>();
        for (Object name : list) {
            if (!(name instanceof String text) || !NAME.matcher(text).matches()) {
                throw keys.wrong("target_modules", allowed);
            }
            targets.add(new NameEnd(text, false));
        }
        return targets;
    }

    private static ConfigurationKeys pattern(ConfigurationKeys keys, String key) throws ModelFormatException {
        ConfigurationKeys pattern = keys.object(key);
        if (pattern == null) {
            return new ConfigurationKeys(keys.file(), key + ".", Map.of());
        }
        if (pattern.values().size() > MOST_NAMES) {
            throw new ModelFormatException(keys.file() + ": " + key + " has "
                    + pattern.values().size() + " keys (allowed: at most " + MOST_NAMES + ")");
        }
        return pattern;
    }

    /** PEFT takes a key for a regular expression; those that stand for one name are enough. */
    private static NameEnd regularName(ConfigurationKeys pattern, String key) throws ModelFormatException {
        boolean whole = key.startsWith("^");
        String name = (whole ? key.substring(1) : key).replace("\\.", ".");
        if (name.endsWith("$")) {
            name = name.substring(0, name.length() - 1);
        }
        if (!NAME.matcher(name).matches()) {
            throw pattern.wrong(key, "a key that is the end of a module's name, without other regular expressions");
        }
        return new NameEnd(name, whole);
    }

    /** Whether a module is adapted. */
    boolean targets(String module) {
        return targets == null || targets.stream().anyMatch(end -> end.matches(module));
    }

    /** Rows of A. */
    int rank(String module) {
        return first(ranks, module, rank);
    }

    /** What B A is multiplied by. */
    double scale(String module) {
        double divisor = rankStabilised ? Math.sqrt(rank(module)) : rank(module);
        return first(alphas, module, alpha) / divisor;
    }

    /** The first key counts, as in PEFT. */
    private static <T> T first(Map<NameEnd, T> patterns, String module, T otherwise) {
        for (Map.Entry<NameEnd, T> pattern : patterns.entrySet()) {
            if (pattern.getKey().matches(module)) {
                return pattern.getValue();
            }
        }
        return otherwise;
    }
}
