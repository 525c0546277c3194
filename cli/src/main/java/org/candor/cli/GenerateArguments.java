package org.candor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code generate} was asked.
 *
 * @param prompt text that is continued
 * @param json whether the server's object is shown instead of the text
 * @param model route
 * @param maxTokens most tokens to write
 * @param temperature 0 to 2, or null for what the model's authors recommend
 * @param seed or null for one that the server draws
 */
record GenerateArguments(String prompt, boolean json, String model, long maxTokens, Double temperature, Long seed) {

    /** The toy that every server has. */
    static final String USUAL_MODEL = "stories-tiny";

    static final long USUAL_TOKENS = 200;
    private static final double HOTTEST = 2;

    static GenerateArguments parse(List<String> words) {
        Options options = new Options("generate", words);
        boolean json = false;
        String model = USUAL_MODEL;
        long maxTokens = USUAL_TOKENS;
        Double temperature = null;
        Long seed = null;
        for (String option = options.option(); option != null; option = options.option()) {
            switch (option) {
                case "--json" -> json = true;
                case "--model" -> model = options.value();
                case "--max-tokens" -> maxTokens = options.number(1, Integer.MAX_VALUE);
                case "--temperature" -> temperature = options.decimal(0, HOTTEST);
                case "--seed" -> seed = options.number(Long.MIN_VALUE, Long.MAX_VALUE);
                default -> throw options.unknown();
            }
        }
        String prompt = options.only("one prompt");
        if (prompt.isEmpty()) {
            throw Failure.wrong("the prompt is empty");
        }
        return new GenerateArguments(prompt, json, model, maxTokens, temperature, seed);
    }

    /** The request: a text at once for {@code --json}, else in pieces. */
    String body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", model);
        body.put("prompt", prompt);
        body.put("max_tokens", maxTokens);
        if (temperature != null) {
            body.put("temperature", temperature);
        }
        if (seed != null) {
            body.put("seed", seed);
        }
        if (!json) {
            body.put("stream", true);
            body.put("stream_options", Map.of("include_usage", true));
        }
        return JsonObject.of(body).text();
    }
}
