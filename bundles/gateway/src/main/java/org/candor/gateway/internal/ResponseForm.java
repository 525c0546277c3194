package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.candor.api.chat.ToolCall;
import org.candor.api.chat.ToolCallParser;
import org.candor.api.chat.ToolCalls;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.Piece;
import org.candor.api.operation.Generation.Begun;
import org.candor.api.operation.Generation.Written;

/**
 * {@code response} of OpenAI, and its events in the order in which OpenAI documents them. The whole is what its events add up
 * to, so that there is one way to make both.
 */
final class ResponseForm implements TextForm {

    /**
     * What a request wants to see.
     *
     * @param echo members that tell of the request
     * @param tools whether calls of tools are looked for
     * @param logprobs whether probabilities are told
     */
    record Wishes(Map<String, Object> echo, boolean tools, boolean logprobs) {}

    private final String id;
    private final LongSupplier seconds;
    private final long created;
    private final Wishes wishes;
    private final List<Map<String, Object>> output = new ArrayList<>();
    /** Tokens whose text was not told yet: it may become a call. */
    private final List<GeneratedToken> untold = new ArrayList<>();

    private List<Map<String, Object>> events = new ArrayList<>();
    private long sequence;
    private Begun begun;
    private ToolCallParser parser;
    private Message open;

    /** @param seconds since the epoch */
    ResponseForm(String id, LongSupplier seconds, Wishes wishes) {
        this.id = id;
        this.seconds = seconds;
        this.created = seconds.getAsLong();
        this.wishes = wishes;
    }

    /** The message that is being written. */
    private final class Message {
        private final String item = "msg_" + id + "_" + output.size();
        private final StringBuilder text = new StringBuilder();
        private final List<Map<String, Object>> logprobs = new ArrayList<>();

        Map<String, Object> part() {
            Map<String, Object> part = new LinkedHashMap<>();
            part.put("type", "output_text");
            part.put("annotations", List.of());
            part.put("logprobs", List.copyOf(logprobs));
            part.put("text", text.toString());
            return part;
        }

        Map<String, Object> json(String status, boolean empty) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("id", item);
            json.put("type", "message");
            json.put("status", status);
            json.put("role", "assistant");
            json.put("content", empty ? List.of() : List.of(part()));
            return json;
        }

        /** An event about its text. */
        Map<String, Object> event(String type) {
            Map<String, Object> event = ResponseForm.this.event(type);
            event.put("item_id", item);
            event.put("output_index", output.size());
            event.put("content_index", 0);
            return event;
        }
    }

    @Override
    public boolean typed() {
        return true;
    }

    @Override
    public List<Map<String, Object>> begin(Begun now) {
        begun = now;
        parser = wishes.tools() ? now.template().toolCallParser() : null;
        event("response.created").put("response", response("in_progress"));
        event("response.in_progress").put("response", response("in_progress"));
        return flush();
    }

    @Override
    public List<Map<String, Object>> piece(Piece piece) {
        untold.addAll(piece.tokens());
        take(parser == null ? new ToolCalls(piece.text(), List.of()) : parser.accept(piece.text()));
        return flush();
    }

    @Override
    public List<Map<String, Object>> end(Written written) {
        Map<String, Object> response = finish(written);
        event("response." + response.get("status")).put("response", response);
        return flush();
    }

    @Override
    public List<Map<String, Object>> failed(ApiError error) {
        if (open != null) {
            output.add(open.json("incomplete", false));
        }
        Map<String, Object> response = response("failed");
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("code", code(error));
        told.put("message", error.getMessage());
        response.put("error", told);
        event("response.failed").put("response", response);
        return flush();
    }

    /** OpenAI's enumeration of what ends a response. */
    private static String code(ApiError error) {
        return switch (error.status()) {
            case 400 -> "invalid_prompt";
            case 429 -> "rate_limit_exceeded";
            default -> "server_error";
        };
    }

    @Override
    public Map<String, Object> whole(Written written) {
        begin(written.begun());
        Continuation text = written.generated().continuations().getFirst();
        piece(new Piece(0, text.text(), text.tokens(), text.finish()));
        return finish(written);
    }

    private Map<String, Object> finish(Written written) {
        if (parser != null) {
            take(parser.finish());
        }
        boolean stopped = written.generated().continuations().getFirst().finish() == FinishReason.STOP;
        String status = stopped ? "completed" : "incomplete";
        if (open == null && output.isEmpty()) {
            openMessage();
        }
        if (open != null && wishes.logprobs()) {
            // Of an end token, which has no text.
            open.logprobs.addAll(TextViews.logprobs(begun.tokenizer(), untold));
        }
        closeMessage(status);
        Map<String, Object> response = response(status);
        if (stopped) {
            response.put("completed_at", seconds.getAsLong());
        } else {
            response.put("incomplete_details", Map.of("reason", "max_output_tokens"));
        }
        response.put("usage", usage(written));
        response.put("candor", TextViews.candor(written));
        return response;
    }

    private void take(ToolCalls parts) {
        if (!parts.content().isEmpty()) {
            if (open == null) {
                openMessage();
            }
            open.text.append(parts.content());
            List<Map<String, Object>> logprobs =
                    wishes.logprobs() ? TextViews.logprobs(begun.tokenizer(), untold) : List.of();
            open.logprobs.addAll(logprobs);
            Map<String, Object> delta = open.event("response.output_text.delta");
            delta.put("delta", parts.content());
            delta.put("logprobs", logprobs);
            untold.clear();
        }
        for (ToolCall call : parts.calls()) {
            closeMessage("completed");
            tell(call);
            untold.clear();
        }
    }

    private void openMessage() {
        open = new Message();
        item("response.output_item.added", open.json("in_progress", true));
        open.event("response.content_part.added").put("part", open.part());
    }

    private void closeMessage(String status) {
        if (open == null) {
            return;
        }
        Map<String, Object> text = open.event("response.output_text.done");
        text.put("text", open.text.toString());
        text.put("logprobs", List.copyOf(open.logprobs));
        open.event("response.content_part.done").put("part", open.part());
        Map<String, Object> message = open.json(status, false);
        item("response.output_item.done", message);
        output.add(message);
        open = null;
    }

    private void tell(ToolCall call) {
        String item = "fc_" + id + "_" + output.size();
        String callId = call.id() == null ? "call_" + id + "_" + output.size() : call.id();
        item("response.output_item.added", json(item, callId, call, false));
        Map<String, Object> delta = event("response.function_call_arguments.delta");
        delta.put("item_id", item);
        delta.put("output_index", output.size());
        delta.put("delta", call.arguments());
        Map<String, Object> whole = event("response.function_call_arguments.done");
        whole.put("item_id", item);
        whole.put("output_index", output.size());
        whole.put("name", call.name());
        whole.put("arguments", call.arguments());
        Map<String, Object> done = json(item, callId, call, true);
        item("response.output_item.done", done);
        output.add(done);
    }

    private static Map<String, Object> json(String item, String callId, ToolCall call, boolean done) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", item);
        json.put("type", "function_call");
        json.put("status", done ? "completed" : "in_progress");
        json.put("call_id", callId);
        json.put("name", call.name());
        json.put("arguments", done ? call.arguments() : "");
        return json;
    }

    private void item(String type, Map<String, Object> item) {
        Map<String, Object> event = event(type);
        event.put("output_index", output.size());
        event.put("item", item);
    }

    private Map<String, Object> event(String type) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", type);
        event.put("sequence_number", sequence++);
        events.add(event);
        return event;
    }

    private List<Map<String, Object>> flush() {
        List<Map<String, Object>> now = events;
        events = new ArrayList<>();
        return now;
    }

    private Map<String, Object> response(String status) {
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("id", "resp_" + id);
        response.put("object", "response");
        response.put("created_at", created);
        response.put("status", status);
        response.put("completed_at", null);
        response.put("error", null);
        response.put("incomplete_details", null);
        response.putAll(wishes.echo());
        response.put("output", List.copyOf(output));
        response.put("usage", null);
        return response;
    }

    private static Map<String, Object> usage(Written written) {
        Generated generated = written.generated();
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("input_tokens", generated.promptTokens());
        usage.put("input_tokens_details", Map.of("cached_tokens", generated.cachedTokens()));
        usage.put("output_tokens", generated.completionTokens());
        usage.put("output_tokens_details", Map.of("reasoning_tokens", 0));
        usage.put("total_tokens", generated.promptTokens() + generated.completionTokens());
        usage.put("energy", written.evidence().energy());
        return usage;
    }
}
