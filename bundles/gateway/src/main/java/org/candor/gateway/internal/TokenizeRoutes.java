package org.candor.gateway.internal;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Generation.Prompt;
import org.candor.api.operation.Generation.Tokenized;

/** Text to token ids and back by a model's tokenizer, in vLLM's shapes. */
final class TokenizeRoutes {

    private final Backends backends;

    private TokenizeRoutes(Backends backends) {
        this.backends = backends;
    }

    static void add(Router router, Backends backends, Limits limits) {
        TokenizeRoutes routes = new TokenizeRoutes(backends);
        router.add(
                "POST",
                "/tokenize",
                Router.Access.KEY,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.tokenize(request, caller));
        router.add(
                "POST",
                "/detokenize",
                Router.Access.KEY,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.detokenize(request, caller));
    }

    private Response tokenize(Request request, Caller caller) {
        Members body = Bodies.json(
                request,
                "model",
                "prompt",
                "messages",
                "tools",
                "add_generation_prompt",
                "continue_final_message",
                "chat_template_kwargs",
                "add_special_tokens",
                "return_token_strs");
        if (body.has("prompt") == body.has("messages")) {
            throw ApiError.invalid(
                    "missing_required_parameter", "prompt", "Either \"prompt\" or \"messages\" is needed, not both.");
        }
        Prompt prompt = body.has("prompt") ? new Prompt.Text(body.neededString("prompt")) : conversation(body);
        Tokenized tokenized =
                service().tokenize(caller, body.neededString("model"), prompt, body.flag("add_special_tokens", true));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", tokenized.ids().length);
        json.put("max_model_len", tokenized.maxTokens());
        json.put("tokens", Arrays.stream(tokenized.ids()).boxed().toList());
        if (body.flag("return_token_strs", false)) {
            json.put(
                    "token_strs",
                    Arrays.stream(tokenized.ids())
                            .mapToObj(id -> tokenized.tokenizer().token(id))
                            .toList());
        }
        return Response.json(200, json);
    }

    private static Prompt conversation(Members body) {
        boolean continued = body.flag("continue_final_message", false);
        GenerationMembers.only(
                body,
                "add_generation_prompt",
                "a conversation ends in a new message, or within the last one (continue_final_message)",
                !continued);
        GenerationMembers.only(body, "add_special_tokens", "a conversation has those that its template writes", false);
        return new Prompt.Chat(
                ChatMessages.of(body), ChatMessages.tools(body), continued, ChatMessages.variables(body));
    }

    private Response detokenize(Request request, Caller caller) {
        Members body = Bodies.json(request, "model", "tokens");
        if (!(body.any("tokens") instanceof List<?> list)) {
            throw body.wrong("tokens", "an array of token ids");
        }
        int[] ids = list.stream()
                .mapToInt(each -> {
                    if (each instanceof Long id && id >= 0 && id <= Integer.MAX_VALUE) {
                        return id.intValue();
                    }
                    throw body.wrong("tokens", "an array of token ids");
                })
                .toArray();
        return Response.json(200, Map.of("prompt", service().detokenize(caller, body.neededString("model"), ids)));
    }

    private Generation service() {
        return Backends.need(backends.generation(), "generation service");
    }
}
