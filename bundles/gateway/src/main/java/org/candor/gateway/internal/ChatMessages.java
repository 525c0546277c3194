package org.candor.gateway.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Conversations as OpenAI clients send them, made what chat templates read. */
final class ChatMessages {

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");
    static final int MOST_MESSAGES = 4_096;

    private ChatMessages() {}

    /** @throws ApiError 400 naming the message and what is wrong with it */
    static List<Map<String, Object>> of(Members body) {
        if (!(body.any("messages") instanceof List<?> given) || given.isEmpty() || given.size() > MOST_MESSAGES) {
            throw body.wrong("messages", "an array of 1 to " + MOST_MESSAGES + " messages");
        }
        List<Map<String, Object>> messages = new ArrayList<>();
        for (Members each : body.objects(
                "messages",
                "role",
                "content",
                "name",
                "tool_calls",
                "tool_call_id",
                "refusal",
                "reasoning_content",
                "annotations",
                "audio",
                "function_call")) {
            messages.add(message(each));
        }
        return messages;
    }

    private static Map<String, Object> message(Members given) {
        String role = given.neededString("role");
        if (!ROLES.contains(role)) {
            throw given.wrong("role", "system, developer, user, assistant or tool");
        }
        GenerationMembers.only(given, "audio", "models here read text");
        GenerationMembers.only(given, "function_call", "it was replaced by tool_calls");
        Map<String, Object> message = new LinkedHashMap<>();
        // What OpenAI renamed is still called system by every template.
        message.put("role", role.equals("developer") ? "system" : role);
        message.put("content", content(given));
        for (String name : List.of("name", "tool_call_id", "reasoning_content")) {
            if (given.has(name)) {
                message.put(name, given.string(name));
            }
        }
        if (given.has("tool_calls")) {
            message.put("tool_calls", calls(given));
        }
        return message;
    }

    /** A text, or the texts of parts one after the other. */
    private static String content(Members given) {
        if (!(given.any("content") instanceof List<?> parts)) {
            return given.has("content") ? given.string("content") : "";
        }
        if (parts.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (Members part : given.objects(
                "content", "type", "text", "refusal", "image_url", "input_audio", "file", "cache_control")) {
            if (!"text".equals(part.neededString("type"))) {
                throw part.wrong("type", "\"text\": models here read text");
            }
            text.append(part.neededString("text"));
        }
        return text.toString();
    }

    /** Arguments are a text that holds JSON; templates read the object. */
    private static List<Map<String, Object>> calls(Members given) {
        List<Map<String, Object>> calls = new ArrayList<>();
        for (Members each : given.objects("tool_calls", "id", "type", "function", "index")) {
            GenerationMembers.only(each, "type", "tools are functions", "function");
            Members function = each.object("function", "name", "arguments");
            if (function == null) {
                throw each.missing("function");
            }
            Map<String, Object> call = new LinkedHashMap<>();
            if (each.has("id")) {
                call.put("id", each.string("id"));
            }
            call.put("type", "function");
            call.put("function", called(function));
            calls.add(call);
        }
        return calls;
    }

    /** @param function with {@code name} and {@code arguments} */
    static Map<String, Object> called(Members function) {
        Map<String, Object> called = new LinkedHashMap<>();
        called.put("name", function.neededString("name"));
        String arguments = function.has("arguments") ? function.string("arguments") : "{}";
        called.put("arguments", JsonText.readObject((arguments.isBlank() ? "{}" : arguments).getBytes(UTF_8)));
        return called;
    }

    /** Tools that the model may call, or null for none. */
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> tools(Members body) {
        if (!(body.any("tools") instanceof List<?> given)) {
            if (body.has("tools")) {
                throw body.wrong("tools", "an array of functions");
            }
            return null;
        }
        for (Members tool : body.objects("tools", "type", "function")) {
            if (!"function".equals(tool.neededString("type"))) {
                throw tool.wrong("type", "\"function\"");
            }
            Members function = tool.object("function", "name", "description", "parameters", "strict");
            if (function == null) {
                throw tool.missing("function");
            }
            function.neededString("name");
            GenerationMembers.only(function, "strict", "arguments are not bound to their schema", false);
        }
        return given.isEmpty()
                ? null
                : given.stream().map(tool -> (Map<String, Object>) tool).toList();
    }

    /** What the template may look at beside the conversation. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> variables(Members body) {
        return switch (body.any("chat_template_kwargs")) {
            case null -> Map.of();
            case Map<?, ?> map -> (Map<String, Object>) map;
            default -> throw body.wrong("chat_template_kwargs", "an object");
        };
    }
}
