package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Generation.Order;
import org.candor.api.operation.Generation.Prompt;

/** Responses as OpenAI clients ask for them: the part of that API that is text, and keeps nothing. */
final class ResponseRoutes {

    private static final int MOST_TOP_LOGPROBS = 20;
    private static final String LOGPROBS = "message.output_text.logprobs";
    private static final String NOT_KEPT = "nothing is kept but the log's commitments";

    private final Backends backends;
    private final Streams streams;
    private final LongSupplier seconds;

    private ResponseRoutes(Backends backends, Streams streams, LongSupplier seconds) {
        this.backends = backends;
        this.streams = streams;
        this.seconds = seconds;
    }

    /** @param seconds since the epoch */
    static void add(Router router, Backends backends, Limits limits, Streams streams, LongSupplier seconds) {
        ResponseRoutes routes = new ResponseRoutes(backends, streams, seconds);
        router.add(
                "POST",
                "/v1/responses",
                Router.Access.KEY,
                Router.On.REQUEST_THREAD,
                limits.json(),
                (request, caller, path) -> routes.respond(request, caller));
    }

    private Response respond(Request request, Caller caller) throws Exception {
        Members body = Bodies.json(
                request,
                GenerationMembers.names(
                        "input",
                        "instructions",
                        "max_output_tokens",
                        "text",
                        "tools",
                        "tool_choice",
                        "parallel_tool_calls",
                        "include",
                        "top_logprobs",
                        "chat_template_kwargs",
                        "store",
                        "metadata",
                        "previous_response_id",
                        "conversation",
                        "context_management",
                        "background",
                        "prompt",
                        "prompt_cache_key",
                        "prompt_cache_retention",
                        "reasoning",
                        "safety_identifier",
                        "service_tier",
                        "truncation",
                        "max_tool_calls"));
        String model = body.neededString("model");
        refuse(body);
        Map<String, Object> parameters = GenerationMembers.parameters(body);
        if (body.has("max_output_tokens")) {
            if (body.integer("max_output_tokens", 0) < 1) {
                throw body.wrong("max_output_tokens", "at least 1");
            }
            parameters.put("max_tokens", body.any("max_output_tokens"));
        }
        boolean logprobs = logprobs(body);
        if (logprobs) {
            parameters.put("logprobs", (long) GenerationMembers.top(body, "top_logprobs", MOST_TOP_LOGPROBS));
        }
        List<Map<String, Object>> tools = ResponseInput.tools(body);
        boolean called = tools != null && !"none".equals(body.any("tool_choice"));
        if (called) {
            // A call is found by the special tokens around it.
            parameters.put("skip_special_tokens", false);
        }
        Map<String, Object> format = format(body, parameters);
        Prompt prompt = new Prompt.Chat(
                ResponseInput.messages(body), called ? tools : null, false, ChatMessages.variables(body));
        ResponseForm form = new ResponseForm(
                request.id(), seconds, new ResponseForm.Wishes(echo(body, model, format), called, logprobs));
        Generation service = Backends.need(backends.generation(), "generation service");
        Order order = new Order(model, List.of(prompt), parameters, body.string("purpose"), body.string("user"));
        return CompletionRoutes.answer(service, caller, order, form, body.flag("stream", false), streams);
    }

    private static void refuse(Members body) {
        for (String name : List.of("previous_response_id", "conversation", "context_management", "prompt")) {
            GenerationMembers.only(body, name, NOT_KEPT);
        }
        GenerationMembers.only(body, "store", NOT_KEPT, false);
        GenerationMembers.only(body, "metadata", NOT_KEPT, Map.of());
        GenerationMembers.only(body, "background", "a response is waited for, or streamed", false);
        GenerationMembers.only(body, "prompt_cache_key", "beginnings are shared within a tenant, and by themselves");
        GenerationMembers.only(
                body, "prompt_cache_retention", "beginnings are shared in memory", "in-memory", "in_memory");
        GenerationMembers.only(body, "safety_identifier", "user names the person");
        GenerationMembers.only(body, "service_tier", "there is one", "auto", "default");
        GenerationMembers.only(body, "truncation", "a conversation that is too long is refused", "disabled");
        GenerationMembers.only(body, "max_tool_calls", "whoever asks calls the tools");
        GenerationMembers.only(body, "n", "a response has one text", 1L);
        GenerationMembers.only(body, "return_token_ids", "/v1/chat/completions tells them", false);
        GenerationMembers.freelyCalled(body);
        Members reasoning = body.object("reasoning", "effort", "summary", "generate_summary");
        if (reasoning != null) {
            for (String name : List.of("effort", "summary", "generate_summary")) {
                GenerationMembers.only(
                        reasoning, name, "models here have no such setting; chat_template_kwargs may have one");
            }
        }
        Members options = body.object("stream_options", "include_obfuscation");
        if (options != null) {
            GenerationMembers.unpadded(options);
        }
    }

    private static boolean logprobs(Members body) {
        Set<String> included = body.strings("include");
        if (included != null && included.stream().anyMatch(each -> !each.equals(LOGPROBS))) {
            throw body.wrong("include", "an array of nothing but \"" + LOGPROBS + "\"");
        }
        boolean wanted = included != null && !included.isEmpty();
        if (body.has("top_logprobs") && !wanted) {
            throw body.wrong("top_logprobs", "left out unless include names " + LOGPROBS);
        }
        return wanted;
    }

    /** How the text is written; what binds it becomes a parameter. */
    private static Map<String, Object> format(Members body, Map<String, Object> parameters) {
        Members text = body.object("text", "format", "verbosity");
        if (text == null) {
            return Map.of("type", "text");
        }
        GenerationMembers.only(text, "verbosity", "models here have no such setting", "medium");
        Members format = text.object("format", "type", "name", "description", "schema", "strict");
        if (format == null) {
            return Map.of("type", "text");
        }
        String type = format.neededString("type");
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("type", type);
        switch (type) {
            case "text" -> {}
            case "json_object" -> parameters.put("json_schema", Map.of("type", "object"));
            case "json_schema" -> {
                parameters.put("json_schema", GenerationMembers.schema(format));
                told.put("name", format.neededString("name"));
                told.put("description", format.string("description"));
                told.put("schema", format.any("schema"));
                // The text is bound to its schema in any case.
                told.put("strict", true);
            }
            default -> throw format.wrong("type", "text, json_object or json_schema");
        }
        return told;
    }

    /** What a response tells of its request. */
    private static Map<String, Object> echo(Members body, String model, Map<String, Object> format) {
        Map<String, Object> echo = new LinkedHashMap<>();
        echo.put("instructions", body.any("instructions"));
        echo.put("max_output_tokens", body.any("max_output_tokens"));
        echo.put("model", model);
        echo.put("parallel_tool_calls", true);
        echo.put("previous_response_id", null);
        Map<String, Object> reasoning = new LinkedHashMap<>();
        reasoning.put("effort", null);
        reasoning.put("summary", null);
        echo.put("reasoning", reasoning);
        echo.put("service_tier", "default");
        echo.put("store", false);
        echo.put("temperature", body.any("temperature"));
        echo.put("text", Map.of("format", format, "verbosity", "medium"));
        echo.put("tool_choice", body.has("tool_choice") ? body.any("tool_choice") : "auto");
        echo.put("tools", body.has("tools") ? body.any("tools") : List.of());
        echo.put("top_logprobs", body.integer("top_logprobs", 0));
        echo.put("top_p", body.any("top_p"));
        echo.put("truncation", "disabled");
        echo.put("background", false);
        echo.put("user", body.any("user"));
        echo.put("metadata", Map.of());
        return echo;
    }
}
