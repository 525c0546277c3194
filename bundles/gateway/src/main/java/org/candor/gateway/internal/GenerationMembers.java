package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Members that requests for text have in common, as parameters of the operation. What is not honoured is refused by name. */
final class GenerationMembers {

    /** Parameters that go on under their own names. */
    private static final List<String> SAME = List.of(
            "n",
            "temperature",
            "top_p",
            "presence_penalty",
            "frequency_penalty",
            "logit_bias",
            "seed",
            "top_k",
            "min_p",
            "typical_p",
            "repetition_penalty",
            "no_repeat_ngram_size",
            "min_tokens",
            "ignore_eos",
            "stop_token_ids",
            "skip_special_tokens");

    /** Parameters that say how continuations are found. */
    private static final List<String> SEARCH =
            List.of("best_of", "use_beam_search", "length_penalty", "early_stopping");

    private static final int MOST_CHOICES = 128;
    private static final int MOST_STOPS = 4;
    private static final double MOST_TEMPERATURE = 2;
    private static final int MOST_TOP_LOGPROBS = 20;

    private GenerationMembers() {}

    /** Names that a request may have: these common ones and its own. */
    static String[] names(String... own) {
        Set<String> names = new LinkedHashSet<>(List.of("model"));
        names.addAll(List.of(own));
        names.addAll(SAME);
        names.addAll(List.of("stop", "stream", "stream_options", "user", "purpose", "return_token_ids"));
        return names.toArray(String[]::new);
    }

    /** Parameters that mean the same in every request. */
    static Map<String, Object> parameters(Members body) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (String name : SAME) {
            if (body.has(name)) {
                parameters.put(name, body.any(name));
            }
        }
        if (body.any("temperature") instanceof Number value
                && !(value.doubleValue() >= 0 && value.doubleValue() <= MOST_TEMPERATURE)) {
            throw body.wrong("temperature", "0 to " + MOST_TEMPERATURE);
        }
        if (body.has("stop")) {
            parameters.put("stop", stops(body));
        }
        return parameters;
    }

    private static List<Object> stops(Members body) {
        List<Object> stops =
                body.any("stop") instanceof List<?> list ? new ArrayList<>(list) : List.of(body.any("stop"));
        if (stops.size() > MOST_STOPS || !stops.stream().allMatch(stop -> stop instanceof String)) {
            throw body.wrong("stop", "a string, or an array of at most " + MOST_STOPS + " strings");
        }
        return stops;
    }

    /** Continuations of each prompt. */
    static int choices(Members body) {
        int choices = body.integer("n", 1);
        if (choices < 1 || choices > MOST_CHOICES) {
            throw body.wrong("n", "1 to " + MOST_CHOICES);
        }
        return choices;
    }

    /**
     * Takes over what says that continuations are chosen from more than are told: {@code best_of} of a completion, beams. These
     * cannot be streamed, since nothing is known before the end.
     */
    static void search(Members body, Map<String, Object> parameters, int choices) {
        for (String name : SEARCH) {
            if (body.has(name)) {
                parameters.put(name, body.any(name));
            }
        }
        int candidates = body.integer("best_of", choices);
        if (candidates < choices || candidates > MOST_CHOICES) {
            throw body.wrong("best_of", "n, which is " + choices + ", to " + MOST_CHOICES);
        }
        boolean beams = body.flag("use_beam_search", false);
        if (body.flag("stream", false) && (beams || candidates > choices)) {
            throw body.wrong(
                    "stream",
                    "left out with " + (beams ? "use_beam_search" : "a best_of above n")
                            + ", which ends all texts at once");
        }
    }

    /** A count of likeliest tokens. */
    static int top(Members body, String name, int most) {
        int count = body.integer(name, 0);
        if (count < 0 || count > Math.min(most, MOST_TOP_LOGPROBS)) {
            throw body.wrong(name, "0 to " + most);
        }
        return count;
    }

    /** Whether the last chunk of a stream counts tokens. */
    static boolean usageWanted(Members body) {
        Members options = body.object("stream_options", "include_usage", "include_obfuscation");
        if (options != null) {
            unpadded(options);
        }
        return options != null && options.flag("include_usage", false);
    }

    /** Refuses padding of chunks, which would hide from who watches the line how long a text is. */
    static void unpadded(Members streamOptions) {
        only(streamOptions, "include_obfuscation", "chunks are not padded", false);
    }

    /** Refuses tools' choices that nothing here could enforce. */
    static void freelyCalled(Members body) {
        only(
                body,
                "tool_choice",
                "the model decides whether it calls a tool (auto), or none is shown (none)",
                "auto",
                "none");
        only(body, "parallel_tool_calls", "a model's calls are not limited to one", true);
    }

    /** A JSON schema, which is an object. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> schema(Members format) {
        if (format.any("schema") instanceof Map<?, ?> schema) {
            return (Map<String, Object>) schema;
        }
        throw format.wrong("schema", "a JSON schema, which is an object");
    }

    /** Refuses a member that is there with any value but these: clients send defaults of what is not served here. */
    static void only(Members body, String name, String why, Object... values) {
        Object value = body.any(name);
        if (value != null && !List.of(values).contains(value)) {
            throw body.unsupported(name, why);
        }
    }
}
