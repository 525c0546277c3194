package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.chat.ToolCall;
import org.candor.api.chat.ToolCallParser;
import org.candor.api.chat.ToolCalls;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.Piece;
import org.candor.api.operation.Generation.Begun;
import org.candor.api.operation.Generation.Written;

/** {@code chat.completion} of OpenAI. */
final class ChatForm implements TextForm {

    /**
     * What a request wants to see.
     *
     * @param choices answers
     * @param tools whether calls of tools are looked for
     * @param logprobs whether probabilities are told
     * @param tokenIds whether ids are told, as vLLM does
     * @param usage whether a stream counts tokens
     */
    record Wishes(int choices, boolean tools, boolean logprobs, boolean tokenIds, boolean usage) {}

    private static final ToolCalls NOTHING = new ToolCalls("", List.of());

    private final String id;
    private final String model;
    private final long created;
    private final Wishes wishes;
    private final List<Answer> answers = new ArrayList<>();
    private Begun begun;

    ChatForm(String id, String model, long created, Wishes wishes) {
        this.id = id;
        this.model = model;
        this.created = created;
        this.wishes = wishes;
    }

    /** One answer as it is taken apart. */
    private final class Answer {
        private final int index;
        private final ToolCallParser parser;
        private int calls;

        Answer(int index) {
            this.index = index;
            this.parser = wishes.tools() ? begun.template().toolCallParser() : null;
        }

        ToolCalls accept(String text) {
            return parser == null ? new ToolCalls(text, List.of()) : parser.accept(text);
        }

        ToolCalls finish() {
            return parser == null ? NOTHING : parser.finish();
        }

        /** Calls in OpenAI's shape; each with a number where it is streamed. */
        List<Map<String, Object>> json(List<ToolCall> made, boolean numbered) {
            List<Map<String, Object>> list = new ArrayList<>();
            for (ToolCall call : made) {
                Map<String, Object> json = new LinkedHashMap<>();
                if (numbered) {
                    json.put("index", calls);
                }
                json.put("id", call.id() == null ? "call_" + id + "_" + index + "_" + calls : call.id());
                json.put("type", "function");
                Map<String, Object> function = new LinkedHashMap<>();
                function.put("name", call.name());
                function.put("arguments", call.arguments());
                json.put("function", function);
                list.add(json);
                calls++;
            }
            return list;
        }

        String finish(FinishReason reason) {
            return calls > 0 && reason == FinishReason.STOP ? "tool_calls" : TextViews.finish(reason);
        }
    }

    private void start(Begun now) {
        begun = now;
        for (int i = 0; i < wishes.choices(); i++) {
            answers.add(new Answer(i));
        }
    }

    @Override
    public List<Map<String, Object>> begin(Begun now) {
        start(now);
        List<Map<String, Object>> chunks = new ArrayList<>();
        for (Answer answer : answers) {
            Map<String, Object> delta = new LinkedHashMap<>();
            delta.put("role", "assistant");
            delta.put("content", "");
            chunks.add(chunk(choice(answer.index, delta, List.of(), null)));
        }
        if (wishes.tokenIds()) {
            chunks.getFirst().put("prompt_token_ids", promptIds());
        }
        return chunks;
    }

    private List<Integer> promptIds() {
        return Arrays.stream(begun.prompts().getFirst()).boxed().toList();
    }

    @Override
    public List<Map<String, Object>> piece(Piece piece) {
        Answer answer = answers.get(piece.choice());
        return deltas(answer, answer.accept(piece.text()), piece.tokens());
    }

    private List<Map<String, Object>> deltas(Answer answer, ToolCalls parts, List<GeneratedToken> tokens) {
        Map<String, Object> delta = new LinkedHashMap<>();
        if (!parts.content().isEmpty()) {
            delta.put("content", parts.content());
        }
        if (!parts.calls().isEmpty()) {
            delta.put("tool_calls", answer.json(parts.calls(), true));
        }
        boolean told = (wishes.logprobs() || wishes.tokenIds()) && !tokens.isEmpty();
        return delta.isEmpty() && !told ? List.of() : List.of(chunk(choice(answer.index, delta, tokens, null)));
    }

    @Override
    public List<Map<String, Object>> end(Written written) {
        List<Map<String, Object>> chunks = new ArrayList<>();
        for (Answer answer : answers) {
            chunks.addAll(deltas(answer, answer.finish(), List.of()));
            Continuation text = written.generated().continuations().get(answer.index);
            chunks.add(chunk(choice(answer.index, Map.of(), List.of(), answer.finish(text.finish()))));
        }
        if (wishes.usage()) {
            Map<String, Object> counted = head("chat.completion.chunk");
            counted.put("choices", List.of());
            counted.put("usage", TextViews.usage(written));
            chunks.add(counted);
        }
        chunks.getLast().put("candor", TextViews.candor(written));
        return chunks;
    }

    @Override
    public Map<String, Object> whole(Written written) {
        start(written.begun());
        List<Map<String, Object>> choices = new ArrayList<>();
        for (Answer answer : answers) {
            Continuation text = written.generated().continuations().get(answer.index);
            ToolCalls first = answer.accept(text.text());
            ToolCalls last = answer.finish();
            List<ToolCall> calls = new ArrayList<>(first.calls());
            calls.addAll(last.calls());
            String content = first.content() + last.content();
            Map<String, Object> message = new LinkedHashMap<>();
            message.put("role", "assistant");
            message.put("content", content.isEmpty() && !calls.isEmpty() ? null : content);
            message.put("refusal", null);
            if (!calls.isEmpty()) {
                message.put("tool_calls", answer.json(calls, false));
            }
            Map<String, Object> choice = new LinkedHashMap<>();
            choice.put("index", answer.index);
            choice.put("message", message);
            choice.put("logprobs", logprobs(text.tokens()));
            choice.put("finish_reason", answer.finish(text.finish()));
            if (text.stop() != null) {
                choice.put("stop_reason", text.stop());
            }
            if (wishes.tokenIds()) {
                choice.put("token_ids", TextViews.ids(text.tokens()));
            }
            choices.add(choice);
        }
        Map<String, Object> json = head("chat.completion");
        json.put("choices", choices);
        if (wishes.tokenIds()) {
            json.put("prompt_token_ids", promptIds());
        }
        json.put("usage", TextViews.usage(written));
        json.put("candor", TextViews.candor(written));
        return json;
    }

    private Map<String, Object> chunk(Map<String, Object> choice) {
        Map<String, Object> chunk = head("chat.completion.chunk");
        chunk.put("choices", List.of(choice));
        return chunk;
    }

    private Map<String, Object> head(String object) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("id", "chatcmpl-" + id);
        head.put("object", object);
        head.put("created", created);
        head.put("model", model);
        return head;
    }

    private Map<String, Object> choice(
            int index, Map<String, Object> delta, List<GeneratedToken> tokens, String finish) {
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("index", index);
        choice.put("delta", delta);
        choice.put("logprobs", logprobs(tokens));
        choice.put("finish_reason", finish);
        if (wishes.tokenIds()) {
            choice.put("token_ids", TextViews.ids(tokens));
        }
        return choice;
    }

    private Map<String, Object> logprobs(List<GeneratedToken> tokens) {
        if (!wishes.logprobs() || tokens.isEmpty()) {
            return null;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("content", TextViews.logprobs(begun.tokenizer(), tokens));
        json.put("refusal", null);
        return json;
    }
}
