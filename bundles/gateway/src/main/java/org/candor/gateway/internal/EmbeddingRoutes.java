package org.candor.gateway.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.Embeddings;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Embedding;
import org.candor.api.operation.Evidence;

/** Embeddings as OpenAI clients ask for them. */
final class EmbeddingRoutes {

    private final Backends backends;

    private EmbeddingRoutes(Backends backends) {
        this.backends = backends;
    }

    static void add(Router router, Backends backends, Limits limits) {
        EmbeddingRoutes routes = new EmbeddingRoutes(backends);
        router.add(
                "POST",
                "/v1/embeddings",
                Router.Access.KEY,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.embed(request, caller));
    }

    /** Either texts or token ids; the other is null. */
    private record Input(List<String> texts, List<int[]> tokens) {}

    private Response embed(Request request, Caller caller) {
        Members body = Bodies.json(request, "model", "input", "encoding_format", "dimensions", "user", "purpose");
        String model = body.neededString("model");
        Input input = input(body);
        String format = body.has("encoding_format") ? body.string("encoding_format") : "float";
        if (!format.equals("float") && !format.equals("base64")) {
            throw body.wrong("encoding_format", "\"float\" or \"base64\"");
        }
        int dimensions = body.integer("dimensions", 0);
        String user = body.string("user");
        Embedding service = Backends.need(backends.embedding(), "embedding service");
        String purpose = body.string("purpose");
        Embedding.Result result = input.texts() == null
                ? service.embedTokens(caller, model, input.tokens(), purpose, user)
                : service.embed(caller, model, input.texts(), purpose, user);
        int length = result.embeddings().vectors()[0].length;
        if (body.has("dimensions") && dimensions != length) {
            throw ApiError.invalid(
                    "invalid_value",
                    "dimensions",
                    "Model \"" + model + "\" gives " + length
                            + " dimensions and was not trained to be shortened; leave dimensions out.");
        }
        Response.Account done = Response.Account.of(
                "ok", result.evidence().leaf(), result.evidence().energy());
        return Response.json(200, json(model, result, format.equals("base64")))
                .accounted(new Response.Account(
                        done.operation(),
                        done.outcome(),
                        done.joules(),
                        model,
                        result.embeddings().totalTokens()));
    }

    private static Input input(Members body) {
        Object input = body.any("input");
        if (input == null) {
            throw body.missing("input");
        }
        if (input instanceof String text) {
            return new Input(List.of(needed(text)), null);
        }
        if (!(input instanceof List<?> list)) {
            throw wrong(body);
        }
        if (list.isEmpty()) {
            throw empty();
        }
        return switch (list.getFirst()) {
            case String first -> new Input(texts(body, list), null);
            case Long first -> new Input(null, List.of(tokens(body, list)));
            case List<?> first -> {
                List<int[]> sequences = new ArrayList<>();
                for (Object item : list) {
                    if (!(item instanceof List<?> sequence)) {
                        throw wrong(body);
                    }
                    sequences.add(tokens(body, sequence));
                }
                yield new Input(null, sequences);
            }
            case null, default -> throw wrong(body);
        };
    }

    private static List<String> texts(Members body, List<?> list) {
        List<String> texts = new ArrayList<>(list.size());
        for (Object item : list) {
            if (!(item instanceof String text)) {
                throw wrong(body);
            }
            texts.add(needed(text));
        }
        return texts;
    }

    private static int[] tokens(Members body, List<?> list) {
        if (list.isEmpty()) {
            throw empty();
        }
        int[] tokens = new int[list.size()];
        for (int i = 0; i < tokens.length; i++) {
            if (!(list.get(i) instanceof Long id)) {
                throw wrong(body);
            }
            if (id < 0 || id > Integer.MAX_VALUE) {
                throw ApiError.invalid(
                        "invalid_value",
                        "input",
                        "Member \"input\" holds " + id + ", which is no token id: ids are 0 or more.");
            }
            tokens[i] = id.intValue();
        }
        return tokens;
    }

    private static String needed(String text) {
        if (text.isEmpty()) {
            throw empty();
        }
        return text;
    }

    private static ApiError empty() {
        return ApiError.invalid("empty_input", "input", "Member \"input\" must not be empty, and hold no empty item.");
    }

    private static ApiError wrong(Members body) {
        return body.wrong("input", "a string, an array of strings, an array of token ids, or an array of such arrays");
    }

    private static Map<String, Object> json(String model, Embedding.Result result, boolean base64) {
        Embeddings embeddings = result.embeddings();
        Evidence evidence = result.evidence();
        List<Map<String, Object>> data = new ArrayList<>();
        for (int i = 0; i < embeddings.vectors().length; i++) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("object", "embedding");
            item.put("index", i);
            item.put(
                    "embedding",
                    base64 ? base64(embeddings.vectors()[i]) : embeddings.vectors()[i]);
            item.put("truncated", embeddings.truncated()[i]);
            data.add(item);
        }
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("prompt_tokens", embeddings.totalTokens());
        usage.put("total_tokens", embeddings.totalTokens());
        usage.put("energy", evidence.energy());
        Map<String, Object> candor = new LinkedHashMap<>();
        candor.put("model", Views.model(result.model()));
        candor.putAll(Views.evidence(evidence));
        candor.remove("energy");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("model", model);
        json.put("data", data);
        json.put("usage", usage);
        json.put("candor", candor);
        return json;
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
