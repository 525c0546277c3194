package org.candor.gateway.internal;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Generation.Order;
import org.candor.api.operation.Generation.Prompt;

/** Conversations as OpenAI clients ask for them. */
final class ChatRoutes {

    private static final int MOST_TOP_LOGPROBS = 20;

    private final Backends backends;
    private final Streams streams;
    private final LongSupplier seconds;

    private ChatRoutes(Backends backends, Streams streams, LongSupplier seconds) {
        this.backends = backends;
        this.streams = streams;
        this.seconds = seconds;
    }

    /** @param seconds since the epoch */
    static void add(Router router, Backends backends, Limits limits, Streams streams, LongSupplier seconds) {
        ChatRoutes routes = new ChatRoutes(backends, streams, seconds);
        router.add(
                "POST",
                "/v1/chat/completions",
                Router.Access.KEY,
                Router.On.REQUEST_THREAD,
                limits.json(),
                (request, caller, path) -> routes.chat(request, caller));
    }

    private Response chat(Request request, Caller caller) throws Exception {
        Members body = Bodies.json(
                request,
                GenerationMembers.names(
                        "messages",
                        "max_tokens",
                        "max_completion_tokens",
                        "logprobs",
                        "top_logprobs",
                        "tools",
                        "tool_choice",
                        "parallel_tool_calls",
                        "response_format",
                        "continue_final_message",
                        "chat_template_kwargs",
                        "store",
                        "metadata",
                        "service_tier",
                        "modalities",
                        "use_beam_search",
                        "length_penalty",
                        "early_stopping"));
        String model = body.neededString("model");
        refuse(body);
        Map<String, Object> parameters = GenerationMembers.parameters(body);
        Object most = body.has("max_completion_tokens") ? body.any("max_completion_tokens") : body.any("max_tokens");
        if (most != null) {
            parameters.put("max_tokens", most);
        }
        boolean logprobs = body.flag("logprobs", false);
        if (body.has("top_logprobs") && !logprobs) {
            throw body.wrong("top_logprobs", "left out unless logprobs is true");
        }
        if (logprobs) {
            parameters.put("logprobs", (long) GenerationMembers.top(body, "top_logprobs", MOST_TOP_LOGPROBS));
        }
        List<Map<String, Object>> tools = tools(body);
        if (tools != null) {
            // A call is found by the special tokens around it.
            parameters.put("skip_special_tokens", false);
        }
        Map<String, Object> schema = schema(body);
        if (schema != null) {
            parameters.put("json_schema", schema);
        }
        Prompt prompt = new Prompt.Chat(
                ChatMessages.of(body), tools, body.flag("continue_final_message", false), ChatMessages.variables(body));
        int choices = GenerationMembers.choices(body);
        GenerationMembers.search(body, parameters, choices);
        ChatForm form = new ChatForm(
                request.id(),
                model,
                seconds.getAsLong(),
                new ChatForm.Wishes(
                        choices,
                        tools != null,
                        logprobs,
                        body.flag("return_token_ids", false),
                        GenerationMembers.usageWanted(body)));
        Generation service = Backends.need(backends.generation(), "generation service");
        Order order = new Order(model, List.of(prompt), parameters, body.string("purpose"), body.string("user"));
        return CompletionRoutes.answer(service, caller, order, form, body.flag("stream", false), streams);
    }

    private static void refuse(Members body) {
        GenerationMembers.only(body, "store", "nothing is kept but the log's commitments", false);
        GenerationMembers.only(body, "service_tier", "there is one", "auto", "default");
        GenerationMembers.only(body, "modalities", "models here write text", List.of("text"));
        GenerationMembers.only(body, "metadata", "nothing is kept but the log's commitments", Map.of());
        GenerationMembers.freelyCalled(body);
    }

    private static List<Map<String, Object>> tools(Members body) {
        List<Map<String, Object>> tools = ChatMessages.tools(body);
        return "none".equals(body.any("tool_choice")) ? null : tools;
    }

    /** The schema that the text has to be valid under, or null. */
    private static Map<String, Object> schema(Members body) {
        Members format = body.object("response_format", "type", "json_schema");
        if (format == null) {
            return null;
        }
        return switch (format.neededString("type")) {
            case "text" -> null;
            case "json_object" -> Map.of("type", "object");
            case "json_schema" -> {
                Members schema = format.object("json_schema", "name", "description", "schema", "strict");
                if (schema == null) {
                    throw format.missing("json_schema");
                }
                yield GenerationMembers.schema(schema);
            }
            default -> throw format.wrong("type", "text, json_object or json_schema");
        };
    }
}
