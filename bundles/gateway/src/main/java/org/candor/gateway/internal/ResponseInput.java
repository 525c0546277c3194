package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Input items and tools of OpenAI's responses, made what chat templates read. */
final class ResponseInput {

    private static final Set<String> TYPES = Set.of("message", "function_call", "function_call_output");
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant");
    /** Kinds of parts that are text. */
    private static final Set<String> TEXTS = Set.of("input_text", "output_text");

    private ResponseInput() {}

    /**
     * The conversation: instructions, then what the input says.
     *
     * @throws ApiError 400 naming the item and what is wrong with it
     */
    static List<Map<String, Object>> messages(Members body) {
        List<Map<String, Object>> messages = new ArrayList<>();
        if (body.has("instructions")) {
            messages.add(message("system", body.string("instructions")));
        }
        switch (body.any("input")) {
            case null -> throw body.missing("input");
            case String text -> messages.add(message("user", text));
            case List<?> items
            when !items.isEmpty() && items.size() <= ChatMessages.MOST_MESSAGES -> {
                checkTypes(body, items);
                for (Members item : body.objects(
                        "input",
                        "type",
                        "id",
                        "status",
                        "phase",
                        "role",
                        "content",
                        "call_id",
                        "name",
                        "arguments",
                        "output")) {
                    add(item, messages);
                }
            }
            default ->
                throw body.wrong("input", "a text, or an array of 1 to " + ChatMessages.MOST_MESSAGES + " items");
        }
        return messages;
    }

    /** Before anything else, so that an item of another kind is refused for that, and not for its members. */
    private static void checkTypes(Members body, List<?> items) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Map<?, ?> item
                    && item.get("type") instanceof String type
                    && !TYPES.contains(type)) {
                throw body.unsupported(
                        "input[" + i + "].type",
                        "items are message, function_call and function_call_output; nothing is kept that another could"
                                + " refer to");
            }
        }
    }

    private static void add(Members item, List<Map<String, Object>> messages) {
        String type = item.has("type") ? item.string("type") : "message";
        switch (type) {
            case "message" -> {
                String role = item.neededString("role");
                if (!ROLES.contains(role)) {
                    throw item.wrong("role", "system, developer, user or assistant");
                }
                // What OpenAI renamed is still called system by every template.
                messages.add(message(role.equals("developer") ? "system" : role, text(item, "content")));
            }
            case "function_call" -> call(item, messages);
            default -> {
                Map<String, Object> result = message("tool", text(item, "output"));
                result.put("tool_call_id", item.neededString("call_id"));
                messages.add(result);
            }
        }
    }

    /** Calls belong to the message before them, as templates know it. */
    @SuppressWarnings("unchecked")
    private static void call(Members item, List<Map<String, Object>> messages) {
        Map<String, Object> said = messages.isEmpty() ? null : messages.getLast();
        if (said == null || !"assistant".equals(said.get("role"))) {
            said = message("assistant", "");
            messages.add(said);
        }
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("id", item.neededString("call_id"));
        call.put("type", "function");
        call.put("function", ChatMessages.called(item));
        ((List<Object>) said.computeIfAbsent("tool_calls", name -> new ArrayList<>())).add(call);
    }

    private static Map<String, Object> message(String role, String content) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }

    /** A text, or the texts of parts one after the other. */
    private static String text(Members item, String name) {
        if (!(item.any(name) instanceof List<?> parts)) {
            return item.neededString(name);
        }
        StringBuilder text = new StringBuilder();
        if (!parts.isEmpty()) {
            for (Members part : item.objects(
                    name,
                    "type",
                    "text",
                    "annotations",
                    "logprobs",
                    "refusal",
                    "image_url",
                    "detail",
                    "file_id",
                    "file_data",
                    "file_url",
                    "filename",
                    "input_audio")) {
                if (!TEXTS.contains(part.neededString("type"))) {
                    throw part.wrong("type", "\"input_text\" or \"output_text\": models here read text");
                }
                text.append(part.neededString("text"));
            }
        }
        return text.toString();
    }

    /** Functions that the model may call, as chat templates read them, or null for none. */
    static List<Map<String, Object>> tools(Members body) {
        if (!body.has("tools")) {
            return null;
        }
        if (!(body.any("tools") instanceof List<?> given)) {
            throw body.wrong("tools", "an array of functions");
        }
        for (int i = 0; i < given.size(); i++) {
            if (given.get(i) instanceof Map<?, ?> tool && !"function".equals(tool.get("type"))) {
                throw body.unsupported("tools[" + i + "].type", "tools are functions, and whoever asks calls them");
            }
        }
        List<Map<String, Object>> tools = new ArrayList<>();
        for (Members tool :
                body.objects("tools", "type", "name", "description", "parameters", "strict", "defer_loading")) {
            GenerationMembers.only(tool, "strict", "arguments are not bound to their schema", false);
            GenerationMembers.only(tool, "defer_loading", "every tool is shown to the model", false);
            Map<String, Object> function = new LinkedHashMap<>();
            function.put("name", tool.neededString("name"));
            if (tool.has("description")) {
                function.put("description", tool.string("description"));
            }
            if (tool.has("parameters")) {
                function.put("parameters", tool.any("parameters"));
            }
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("type", "function");
            shown.put("function", function);
            tools.add(shown);
        }
        return tools.isEmpty() ? null : tools;
    }
}
