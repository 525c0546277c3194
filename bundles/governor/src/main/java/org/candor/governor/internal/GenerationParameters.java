package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;
import org.candor.api.operation.OperationException;

/**
 * Parameters of a text that is to be written, by their names. Types are checked here and ranges by the model's engine; what is left
 * out is as the model's authors recommend.
 *
 * @param maxTokens or null for what the kind of prompt usually has
 * @param choices continuations of each prompt
 * @param search how they are found
 * @param seed that was given or drawn
 * @param jsonSchema as given, or null
 * @param echo whether the caller puts prompts in front of what is written
 */
record GenerationParameters(
        Map<String, Object> values,
        Integer maxTokens,
        int choices,
        Search search,
        long seed,
        List<String> stops,
        Set<Integer> stopTokens,
        Map<String, Object> jsonSchema,
        boolean specialTokensShown,
        boolean echo) {

    private static final Set<String> NAMES = new TreeSet<>(List.of(
            "max_tokens",
            "n",
            "best_of",
            "use_beam_search",
            "length_penalty",
            "early_stopping",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "typical_p",
            "presence_penalty",
            "frequency_penalty",
            "repetition_penalty",
            "no_repeat_ngram_size",
            "logit_bias",
            "seed",
            "stop",
            "stop_token_ids",
            "min_tokens",
            "ignore_eos",
            "logprobs",
            "json_schema",
            "skip_special_tokens",
            "echo"));

    private static final String NEEDS_BEAMS = "has no meaning without use_beam_search";

    /** Seeds that are drawn are whole numbers that every reader of JSON keeps. */
    private static final long DRAWN_SEEDS = 1L << 53;

    private static final RandomGenerator RANDOM = RandomGenerator.getDefault();

    /** @throws OperationException INVALID naming the parameter and what is allowed */
    static GenerationParameters of(Map<String, Object> values) {
        for (String name : values.keySet()) {
            if (!NAMES.contains(name)) {
                throw Requests.invalid(Requests.shown(name), "is no parameter; these are: " + String.join(", ", NAMES));
            }
        }
        Long seed = whole(values, "seed");
        Integer maxTokens = small(values, "max_tokens");
        Integer choices = small(values, "n");
        int told = choices == null ? 1 : choices;
        return new GenerationParameters(
                values,
                maxTokens,
                told,
                search(values, told),
                seed == null ? drawn() : seed,
                texts(values, "stop"),
                ids(values, "stop_token_ids"),
                object(values, "json_schema"),
                !flag(values, "skip_special_tokens", true),
                flag(values, "echo", false));
    }

    /** Names and defaults are those of OpenAI's {@code best_of} and vLLM's beam search. */
    private static Search search(Map<String, Object> values, int choices) {
        Integer bestOf = small(values, "best_of");
        int candidates = bestOf == null ? choices : bestOf;
        double lengthPenalty = number(values, "length_penalty", 1);
        Search.Stopping stopping =
                switch (values.get("early_stopping")) {
                    case null -> Search.Stopping.HEURISTIC;
                    case Boolean early -> early ? Search.Stopping.EARLY : Search.Stopping.HEURISTIC;
                    case String never when "never".equals(never) -> Search.Stopping.EXHAUSTIVE;
                    default -> throw Requests.invalid("early_stopping", "must be true, false or \"never\"");
                };
        if (flag(values, "use_beam_search", false)) {
            return new Search.Beams(candidates, lengthPenalty, stopping);
        }
        if (lengthPenalty != 1) {
            throw Requests.invalid("length_penalty", NEEDS_BEAMS);
        }
        if (stopping != Search.Stopping.HEURISTIC) {
            throw Requests.invalid("early_stopping", NEEDS_BEAMS);
        }
        return candidates == choices ? Search.DRAWN : new Search.Best(candidates);
    }

    private static long drawn() {
        synchronized (RANDOM) {
            return RANDOM.nextLong(DRAWN_SEEDS);
        }
    }

    /** With what the model's authors recommend where nothing was said; a beam search draws nothing, so there it is nothing. */
    Sampling sampling(Sampling ofModel) {
        Sampling recommended = search instanceof Search.Beams ? Sampling.PLAIN : ofModel;
        return new Sampling(
                number("temperature", recommended.temperature()),
                count("top_k", recommended.topK()),
                number("top_p", recommended.topP()),
                number("min_p", recommended.minP()),
                number("typical_p", recommended.typicalP()),
                number("repetition_penalty", recommended.repetitionPenalty()),
                number("presence_penalty", recommended.presencePenalty()),
                number("frequency_penalty", recommended.frequencyPenalty()),
                count("no_repeat_ngram_size", recommended.noRepeatNgram()),
                biases(),
                count("min_tokens", recommended.minTokens()),
                flag(values, "ignore_eos", false),
                seed,
                count("logprobs", -1));
    }

    private double number(String name, double otherwise) {
        return number(values, name, otherwise);
    }

    private static double number(Map<String, Object> values, String name, double otherwise) {
        return switch (values.get(name)) {
            case null -> otherwise;
            case Number number -> number.doubleValue();
            default -> throw Requests.invalid(name, "must be a number");
        };
    }

    private int count(String name, int otherwise) {
        Integer value = small(values, name);
        return value == null ? otherwise : value;
    }

    private Map<Integer, Double> biases() {
        Map<String, Object> given = object(values, "logit_bias");
        Map<Integer, Double> biases = new HashMap<>();
        if (given != null) {
            given.forEach((id, bias) -> {
                if (!id.matches("[0-9]{1,9}") || !(bias instanceof Number number)) {
                    throw Requests.invalid("logit_bias", "must be an object of numbers by token id");
                }
                biases.put(Integer.valueOf(id), number.doubleValue());
            });
        }
        return biases;
    }

    private static Long whole(Map<String, Object> values, String name) {
        return switch (values.get(name)) {
            case null -> null;
            case Long value -> value;
            case Integer value -> value.longValue();
            case Double value when value == Math.rint(value) && Math.abs(value) < DRAWN_SEEDS -> value.longValue();
            default -> throw Requests.invalid(name, "must be a whole number");
        };
    }

    private static Integer small(Map<String, Object> values, String name) {
        Long value = whole(values, name);
        if (value == null) {
            return null;
        }
        if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
            throw Requests.invalid(name, "is " + value + ", which is no number of 32 bits");
        }
        return value.intValue();
    }

    private static boolean flag(Map<String, Object> values, String name, boolean otherwise) {
        return switch (values.get(name)) {
            case null -> otherwise;
            case Boolean value -> value;
            default -> throw Requests.invalid(name, "must be true or false");
        };
    }

    private static List<String> texts(Map<String, Object> values, String name) {
        List<String> texts = new ArrayList<>();
        for (Object each : list(values, name)) {
            if (!(each instanceof String text)) {
                throw Requests.invalid(name, "must be a list of texts");
            }
            texts.add(Requests.wellFormed(name, text));
        }
        return texts;
    }

    private static Set<Integer> ids(Map<String, Object> values, String name) {
        Set<Integer> ids = new HashSet<>();
        for (Object each : list(values, name)) {
            if (!(each instanceof Number id) || id.doubleValue() != id.intValue()) {
                throw Requests.invalid(name, "must be a list of token ids");
            }
            ids.add(id.intValue());
        }
        return ids;
    }

    private static List<?> list(Map<String, Object> values, String name) {
        return switch (values.get(name)) {
            case null -> List.of();
            case List<?> list -> list;
            default -> throw Requests.invalid(name, "must be a list");
        };
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Map<String, Object> values, String name) {
        return switch (values.get(name)) {
            case null -> null;
            case Map<?, ?> object -> (Map<String, Object>) object;
            default -> throw Requests.invalid(name, "must be an object");
        };
    }
}
