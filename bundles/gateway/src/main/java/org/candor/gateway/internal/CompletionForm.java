package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.Piece;
import org.candor.api.operation.Generation.Begun;
import org.candor.api.operation.Generation.Written;

/** {@code text_completion} of OpenAI. */
final class CompletionForm implements TextForm {

    /**
     * What a request wants to see.
     *
     * @param echo texts of the prompts in front of their continuations, or null
     * @param logprobs likeliest tokens of each, or -1 for no probabilities
     * @param tokenIds whether ids are told
     * @param usage whether a stream counts tokens
     */
    record Wishes(List<String> echo, int logprobs, boolean tokenIds, boolean usage) {}

    private final String id;
    private final String model;
    private final long created;
    private final int choices;
    private final Wishes wishes;
    private Begun begun;
    private final Map<Integer, Integer> offsets = new LinkedHashMap<>();

    /** @param choices of each prompt */
    CompletionForm(String id, String model, long created, int choices, Wishes wishes) {
        this.id = id;
        this.model = model;
        this.created = created;
        this.choices = choices;
        this.wishes = wishes;
    }

    @Override
    public List<Map<String, Object>> begin(Begun now) {
        begun = now;
        List<Map<String, Object>> chunks = new ArrayList<>();
        if (wishes.echo() != null) {
            for (int choice = 0; choice < wishes.echo().size() * choices; choice++) {
                chunks.add(chunk(choice(choice, wishes.echo().get(choice / choices), List.of(), null)));
            }
        }
        return chunks;
    }

    @Override
    public List<Map<String, Object>> piece(Piece piece) {
        boolean silent = piece.text().isEmpty() && wishes.logprobs() < 0 && !wishes.tokenIds();
        return silent ? List.of() : List.of(chunk(choice(piece.choice(), piece.text(), piece.tokens(), null)));
    }

    @Override
    public List<Map<String, Object>> end(Written written) {
        List<Map<String, Object>> chunks = new ArrayList<>();
        List<Continuation> texts = written.generated().continuations();
        for (int i = 0; i < texts.size(); i++) {
            chunks.add(chunk(choice(i, "", List.of(), texts.get(i))));
        }
        if (wishes.usage()) {
            Map<String, Object> counted = chunk();
            counted.put("choices", List.of());
            counted.put("usage", TextViews.usage(written));
            chunks.add(counted);
        }
        chunks.getLast().put("candor", TextViews.candor(written));
        return chunks;
    }

    @Override
    public Map<String, Object> whole(Written written) {
        begun = written.begun();
        List<Map<String, Object>> all = new ArrayList<>();
        List<Continuation> texts = written.generated().continuations();
        for (int i = 0; i < texts.size(); i++) {
            String before = wishes.echo() == null ? "" : wishes.echo().get(i / choices);
            all.add(choice(i, before + texts.get(i).text(), texts.get(i).tokens(), texts.get(i)));
        }
        Map<String, Object> json = chunk();
        json.put("choices", all);
        json.put("usage", TextViews.usage(written));
        json.put("candor", TextViews.candor(written));
        return json;
    }

    private Map<String, Object> chunk(Map<String, Object> choice) {
        Map<String, Object> chunk = chunk();
        chunk.put("choices", List.of(choice));
        return chunk;
    }

    private Map<String, Object> chunk() {
        Map<String, Object> chunk = new LinkedHashMap<>();
        chunk.put("id", "cmpl-" + id);
        chunk.put("object", "text_completion");
        chunk.put("created", created);
        chunk.put("model", model);
        return chunk;
    }

    /** @param ended or null where the text goes on */
    private Map<String, Object> choice(int index, String text, List<GeneratedToken> tokens, Continuation ended) {
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("text", text);
        choice.put("index", index);
        choice.put("logprobs", wishes.logprobs() < 0 || tokens.isEmpty() ? null : logprobs(index, tokens));
        choice.put("finish_reason", ended == null ? null : TextViews.finish(ended.finish()));
        if (ended != null && ended.stop() != null) {
            choice.put("stop_reason", ended.stop());
        }
        if (wishes.tokenIds()) {
            choice.put("token_ids", TextViews.ids(tokens));
            if (ended != null) {
                int[] prompt = begun.prompts().get(index / choices);
                choice.put("prompt_token_ids", Arrays.stream(prompt).boxed().toList());
            }
        }
        return choice;
    }

    private Map<String, Object> logprobs(int index, List<GeneratedToken> tokens) {
        List<String> texts = new ArrayList<>();
        List<Double> probabilities = new ArrayList<>();
        List<Map<String, Double>> top = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        for (GeneratedToken token : tokens) {
            String text = TextViews.text(begun.tokenizer(), token.id());
            texts.add(text);
            probabilities.add(token.logprob());
            Map<String, Double> likeliest = new LinkedHashMap<>();
            token.top()
                    .forEach(other ->
                            likeliest.putIfAbsent(TextViews.text(begun.tokenizer(), other.id()), other.logprob()));
            // The token itself is always there, as OpenAI has it.
            likeliest.putIfAbsent(text, token.logprob());
            top.add(likeliest);
            int start = offsets.getOrDefault(index, 0);
            starts.add(start);
            offsets.put(index, start + text.length());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokens", texts);
        json.put("token_logprobs", probabilities);
        json.put("top_logprobs", top);
        json.put("text_offset", starts);
        return json;
    }
}
