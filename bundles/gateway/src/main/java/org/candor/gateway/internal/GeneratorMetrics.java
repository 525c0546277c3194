package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Figures of the models that write, each with its route and version: a revision begins at nought. */
final class GeneratorMetrics {

    private GeneratorMetrics() {}

    private record Figure(String name, String type, String help, ToDoubleFunction<Map<?, ?>> value) {}

    private static final List<Figure> FIGURES = List.of(
            new Figure("running_texts", "gauge", "Texts that are read or written.", of("running")),
            new Figure("waiting_texts", "gauge", "Texts that wait for a place.", of("waiting")),
            new Figure("prompt_tokens_total", "counter", "Tokens of prompts.", of("promptTokens")),
            new Figure(
                    "cached_tokens_total",
                    "counter",
                    "Of these, those that another text of the tenant had left in the cache.",
                    of("cachedTokens")),
            new Figure("completion_tokens_total", "counter", "Tokens written.", of("completionTokens")),
            new Figure("passes_total", "counter", "Passes of the model.", of("passes")),
            new Figure(
                    "preemptions_total",
                    "counter",
                    "Texts that gave their place and were read anew.",
                    of("preemptions")),
            new Figure("busy_seconds_total", "counter", "Processor time of all passes.", of("busySeconds")));

    private static final String BLOCKS = "candor_generation_cache_blocks";

    /** @param generators of {@link org.candor.api.operation.Platform#status} */
    static void write(MetricsText text, Object generators) {
        if (!(generators instanceof List<?> list)) {
            return;
        }
        List<Map<?, ?>> each = engines(list);
        for (Figure figure : FIGURES) {
            String name = "candor_generation_" + figure.name();
            text.metric(name, figure.type(), figure.help());
            each.forEach(one -> text.sample(name, figure.value().applyAsDouble(one), labels(one)));
        }
        text.metric(BLOCKS, "gauge", "Blocks of the key-value cache: in use, kept for texts that begin alike, free.");
        for (Map<?, ?> one : each) {
            double free = of("freeBlocks").applyAsDouble(one);
            double kept =
                    Math.min(of("keptBlocks").applyAsDouble(one), of("blocks").applyAsDouble(one) - free);
            blocks(text, one, "used", of("blocks").applyAsDouble(one) - free - kept);
            blocks(text, one, "kept", kept);
            blocks(text, one, "free", free);
        }
    }

    /**
     * An adapter's figures are those of its base's engine, which count once: under the base, or where that is no longer its route's under
     * the first adapter that holds it.
     */
    private static List<Map<?, ?>> engines(List<?> generators) {
        List<Map<?, ?>> engines = new ArrayList<>();
        Set<Object> counted = new HashSet<>();
        for (Object each : generators) {
            Map<?, ?> generator = (Map<?, ?>) each;
            if (generator.get("base") == null) {
                engines.add(generator);
                counted.add(generator.get("digest"));
            }
        }
        for (Object each : generators) {
            Map<?, ?> generator = (Map<?, ?>) each;
            if (generator.get("base") instanceof Map<?, ?> base && counted.add(base.get("digest"))) {
                engines.add(generator);
            }
        }
        return engines;
    }

    private static void blocks(MetricsText text, Map<?, ?> generator, String state, double value) {
        String[] labels = labels(generator);
        text.sample(BLOCKS, value, labels[0], labels[1], labels[2], labels[3], "state", state);
    }

    private static ToDoubleFunction<Map<?, ?>> of(String member) {
        return generator -> generator.get(member) instanceof Number number ? number.doubleValue() : 0;
    }

    private static String[] labels(Map<?, ?> generator) {
        return new String[] {
            "gen_ai_request_model", String.valueOf(generator.get("id")),
            "version", String.valueOf(generator.get("version"))
        };
    }
}
