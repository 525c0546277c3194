package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Generation.Order;
import org.candor.api.operation.Generation.Prompt;
import org.candor.api.operation.Generation.Written;

/** Completions as OpenAI clients ask for them. */
final class CompletionRoutes {

    private static final int MOST_LOGPROBS = 5;

    private final Backends backends;
    private final Streams streams;
    private final LongSupplier seconds;

    private CompletionRoutes(Backends backends, Streams streams, LongSupplier seconds) {
        this.backends = backends;
        this.streams = streams;
        this.seconds = seconds;
    }

    /** @param seconds since the epoch */
    static void add(Router router, Backends backends, Limits limits, Streams streams, LongSupplier seconds) {
        CompletionRoutes routes = new CompletionRoutes(backends, streams, seconds);
        // On the connection's virtual thread, which waits for the model and holds nobody up.
        router.add(
                "POST",
                "/v1/completions",
                Router.Access.KEY,
                Router.On.REQUEST_THREAD,
                limits.json(),
                (request, caller, path) -> routes.complete(request, caller));
    }

    private Response complete(Request request, Caller caller) throws Exception {
        Members body = Bodies.json(
                request,
                GenerationMembers.names(
                        "prompt",
                        "max_tokens",
                        "logprobs",
                        "echo",
                        "best_of",
                        "suffix",
                        "use_beam_search",
                        "length_penalty",
                        "early_stopping"));
        String model = body.neededString("model");
        List<Prompt> prompts = prompts(body);
        Map<String, Object> parameters = GenerationMembers.parameters(body);
        if (body.has("max_tokens")) {
            parameters.put("max_tokens", body.any("max_tokens"));
        }
        int logprobs = body.has("logprobs") ? GenerationMembers.top(body, "logprobs", MOST_LOGPROBS) : -1;
        if (logprobs >= 0) {
            parameters.put("logprobs", (long) logprobs);
        }
        int choices = GenerationMembers.choices(body);
        GenerationMembers.search(body, parameters, choices);
        GenerationMembers.only(body, "suffix", "models here write on from a prompt");
        List<String> echo = body.flag("echo", false) ? echo(body, prompts, logprobs) : null;
        if (echo != null) {
            parameters.put("echo", true);
        }
        boolean streamed = body.flag("stream", false);
        CompletionForm form = new CompletionForm(
                request.id(),
                model,
                seconds.getAsLong(),
                choices,
                new CompletionForm.Wishes(
                        echo, logprobs, body.flag("return_token_ids", false), GenerationMembers.usageWanted(body)));
        Order order = new Order(model, prompts, parameters, body.string("purpose"), body.string("user"));
        Generation service = Backends.need(backends.generation(), "generation service");
        return answer(service, caller, order, form, streamed, streams);
    }

    /** Text at once, or as it is written. */
    static Response answer(
            Generation service, Caller caller, Order order, TextForm form, boolean streamed, Streams streams)
            throws InterruptedException {
        if (streamed) {
            return StreamedText.begin(service, caller, order, form, streams);
        }
        Written written = service.generate(caller, order, null);
        return Response.json(200, form.whole(written)).accounted(TextViews.account(written));
    }

    private static List<String> echo(Members body, List<Prompt> prompts, int logprobs) {
        List<String> texts = new ArrayList<>();
        for (Prompt prompt : prompts) {
            if (logprobs >= 0 || !(prompt instanceof Prompt.Text(String text))) {
                throw body.wrong("echo", "false where prompts are token ids or logprobs are asked for");
            }
            texts.add(text);
        }
        return texts;
    }

    private static List<Prompt> prompts(Members body) {
        Object prompt = body.any("prompt");
        List<Prompt> prompts = new ArrayList<>();
        switch (prompt) {
            case null -> throw body.missing("prompt");
            case String text -> prompts.add(new Prompt.Text(text));
            case List<?> list
            when !list.isEmpty() && list.getFirst() instanceof Long ->
                prompts.add(new Prompt.Tokens(tokens(body, list)));
            case List<?> list
            when !list.isEmpty() ->
                list.forEach(each -> prompts.add(
                        switch (each) {
                            case String text -> new Prompt.Text(text);
                            case List<?> ids when !ids.isEmpty() -> new Prompt.Tokens(tokens(body, ids));
                            case null, default -> throw wrong(body);
                        }));
            default -> throw wrong(body);
        }
        return prompts;
    }

    private static int[] tokens(Members body, List<?> list) {
        return list.stream()
                .mapToInt(each -> {
                    if (each instanceof Long id && id >= 0 && id <= Integer.MAX_VALUE) {
                        return id.intValue();
                    }
                    throw wrong(body);
                })
                .toArray();
    }

    private static ApiError wrong(Members body) {
        return body.wrong(
                "prompt",
                "a string, an array of strings, an array of token ids, or an array of such arrays, none empty");
    }
}
