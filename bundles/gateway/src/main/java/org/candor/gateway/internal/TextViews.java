package org.candor.gateway.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.model.ModelId;
import org.candor.api.operation.Generation.Written;
import org.candor.api.tokenize.Tokenizer;

/** Parts of a text's answer that all kinds of requests show alike. */
final class TextViews {

    /** JSON has no minus infinity; OpenAI writes this. */
    private static final double LEAST_LOGPROB = -9_999;

    private static final double NANOS_PER_SECOND = 1e9;

    private TextViews() {}

    static Map<String, Object> usage(Written written) {
        Generated generated = written.generated();
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("prompt_tokens", generated.promptTokens());
        usage.put("completion_tokens", generated.completionTokens());
        usage.put("total_tokens", generated.promptTokens() + generated.completionTokens());
        usage.put("prompt_tokens_details", Map.of("cached_tokens", generated.cachedTokens()));
        usage.put("energy", written.evidence().energy());
        return usage;
    }

    /** What proves a text. */
    static Map<String, Object> candor(Written written) {
        Map<String, Object> candor = new LinkedHashMap<>();
        candor.put("model", Views.model(written.begun().model()));
        if (written.begun().base() != null) {
            candor.put("base", Views.model(written.begun().base()));
        }
        candor.put("seed", written.begun().seed());
        candor.put("masked", written.masked());
        candor.putAll(Views.evidence(written.evidence()));
        candor.remove("energy");
        return candor;
    }

    /** The clients' own enumerations know no end by time. */
    static String finish(FinishReason reason) {
        return reason == FinishReason.STOP ? "stop" : "length";
    }

    /** Text of a token by itself; a part of a character is U+FFFD. */
    static String text(Tokenizer tokenizer, int id) {
        return tokenizer == null ? "" : tokenizer.decode(new int[] {id}, false);
    }

    /** Bytes of a token, 0 to 255 each. */
    static List<Integer> bytes(Tokenizer tokenizer, int id) {
        byte[] bytes = tokenizer == null ? new byte[0] : tokenizer.bytes(id);
        if (bytes.length == 0) {
            bytes = text(tokenizer, id).getBytes(StandardCharsets.UTF_8);
        }
        List<Integer> list = new ArrayList<>(bytes.length);
        for (byte each : bytes) {
            list.add(each & 0xFF);
        }
        return list;
    }

    static List<Integer> ids(List<GeneratedToken> tokens) {
        return tokens.stream().map(GeneratedToken::id).toList();
    }

    /** Probabilities of tokens and of the likeliest others in their places. */
    static List<Map<String, Object>> logprobs(Tokenizer tokenizer, List<GeneratedToken> tokens) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (GeneratedToken token : tokens) {
            Map<String, Object> json = logprob(tokenizer, token.id(), token.logprob());
            json.put(
                    "top_logprobs",
                    token.top().stream()
                            .map(other -> logprob(tokenizer, other.id(), other.logprob()))
                            .toList());
            list.add(json);
        }
        return list;
    }

    private static Map<String, Object> logprob(Tokenizer tokenizer, int id, double logprob) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("token", text(tokenizer, id));
        json.put("logprob", Double.isFinite(logprob) ? logprob : LEAST_LOGPROB);
        json.put("bytes", bytes(tokenizer, id));
        return json;
    }

    /** Under the name of the model that wrote: the one asked for may be any name that the policy routes elsewhere. */
    static Response.Account account(Written written) {
        Response.Account done = Response.Account.of(
                "ok", written.evidence().leaf(), written.evidence().energy());
        Generated generated = written.generated();
        return new Response.Account(
                done.operation(),
                done.outcome(),
                done.joules(),
                written.begun().model().name(),
                generated.promptTokens() + generated.completionTokens(),
                texts(written.begun().model(), generated));
    }

    private static Response.Texts texts(ModelId model, Generated generated) {
        int further = generated.completionTokens() - 1;
        boolean alone = generated.continuations().size() == 1 && further > 0;
        return new Response.Texts(
                model,
                generated.promptTokens(),
                generated.completionTokens(),
                generated.firstNanos() / NANOS_PER_SECOND,
                alone ? (generated.lastNanos() - generated.firstNanos()) / NANOS_PER_SECOND / further : -1);
    }
}
