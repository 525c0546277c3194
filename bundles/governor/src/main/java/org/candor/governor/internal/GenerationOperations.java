package org.candor.governor.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.candor.api.chat.ChatInput;
import org.candor.api.chat.TemplateException;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationListener;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Piece;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRegistry;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Generation;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.policy.Obligation;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.proof.JsonException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Operations {@code generate} and {@code tokenize}. The log entry of a text commits to {@code model}, {@code base} where that is an adapter, {@code purpose}, {@code
 * prompts} and {@code parameters} (as they came), {@code seed}, {@code continuations} (text and why it ended) and {@code usage}.
 */
@Component
public final class GenerationOperations implements Generation {

    /** Code where a model has no chat template. */
    static final String NO_TEMPLATE = "chat_template_missing";
    /** Code where a prompt and what is wanted behind it are longer than the model's longest text: OpenAI's. */
    static final String TOO_LONG = "context_length_exceeded";

    private static final int MOST_PROMPTS = 2_048;
    private static final int USUAL_TOKENS = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final EncodeOptions WITHOUT_SPECIAL_TOKENS = new EncodeOptions(false, null, null);

    private final GovernedPath path;
    private final Clock clock;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ModelRegistry registry;

    @Activate
    public GenerationOperations(@Reference GovernedPath path) {
        this.path = path;
        this.clock = Clock.systemDefaultZone();
    }

    @Override
    public Written generate(Caller caller, Order order, Sink sink) {
        String route = Requests.name("model", order.model());
        String purpose = purpose(order.purpose());
        if (order.prompts().isEmpty() || order.prompts().size() > MOST_PROMPTS) {
            throw Requests.invalid(
                    "prompt", order.prompts().size() + " prompts; 1 to " + MOST_PROMPTS + " are allowed");
        }
        GenerationParameters parameters = GenerationParameters.of(order.parameters());
        Map<String, Object> request = new LinkedHashMap<>();
        request.put(
                "prompts",
                order.prompts().stream().map(GenerationOperations::json).toList());
        request.put("parameters", new TreeMap<>(order.parameters()));
        request.put("seed", parameters.seed());
        request.put("purpose", purpose);
        String subject = order.subject() == null ? null : Requests.person("user", order.subject());
        if (subject != null) {
            request.put("user", subject);
        }
        provable(order.parameters());
        provable(request);
        Operation operation = new Operation(
                "generate",
                caller,
                purpose,
                sink == null ? Operation.Effect.GENERATE : Operation.Effect.STREAM,
                request,
                Map.of(Operation.MODEL, route),
                order.purpose() != null,
                subject);
        Work work = new Work(caller, route, order.prompts(), parameters, sink);
        Governed<Reply> done = path.run(operation, work);
        Reply reply = done.result();
        if (sink != null && work.held) {
            tell(reply.generated(), sink);
        }
        return new Written(reply.begun(), reply.generated(), reply.masked(), done.evidence());
    }

    /** Refuses what has no canonical form, since nothing about it could be proved: half characters, numbers that get lost. */
    private static void provable(Map<String, Object> request) {
        request.forEach((name, value) -> {
            try {
                org.candor.proof.Json.canonical(value);
            } catch (JsonException e) {
                throw new OperationException(Kind.INVALID, "invalid_value", name + ": " + e.getMessage(), name, e);
            }
        });
    }

    private static String purpose(String purpose) {
        return purpose == null ? DEFAULT_PURPOSE : Requests.purpose(purpose);
    }

    /** What was held back until it was masked. */
    private static void tell(Generated generated, Sink sink) {
        int choice = 0;
        for (Continuation continuation : generated.continuations()) {
            if (!sink.piece(new Piece(choice++, continuation.text(), continuation.tokens(), continuation.finish()))) {
                return;
            }
        }
    }

    private static Object json(Prompt prompt) {
        return switch (prompt) {
            case Prompt.Text(String text) -> Requests.wellFormed("prompt", text);
            case Prompt.Tokens(int[] ids) -> Arrays.stream(ids).boxed().toList();
            case Prompt.Chat chat -> {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("messages", chat.messages());
                if (chat.tools() != null) {
                    json.put("tools", chat.tools());
                }
                if (!chat.variables().isEmpty()) {
                    json.put("variables", chat.variables());
                }
                if (chat.continued()) {
                    json.put("continued", true);
                }
                yield json;
            }
        };
    }

    private record Reply(Begun begun, Generated generated, List<Map<String, Object>> masked) {}

    private final class Work implements Task<Reply>, GenerationListener {

        private final Caller caller;
        private final String asked;
        private final List<Prompt> prompts;
        private final GenerationParameters parameters;
        private final Sink sink;
        private Meter meter;
        private Begun begun;
        private boolean told;
        /** Whether the text is told when it has been masked, and not before. */
        private boolean held;

        Work(Caller caller, String asked, List<Prompt> prompts, GenerationParameters parameters, Sink sink) {
            this.caller = caller;
            this.asked = asked;
            this.prompts = prompts;
            this.parameters = parameters;
            this.sink = sink;
        }

        /**
         * So that the entry of a text's begin names the model that the caller's route leads to: with prompt, seed and
         * parameters it determines the text, unless the policy routes it elsewhere or the route is switched just then.
         */
        @Override
        public Map<String, Object> exactly() {
            ModelRegistry now = registry;
            Activation active = now == null ? null : now.active(asked);
            return active == null ? Map.of() : Map.of("digest", active.model().digest());
        }

        @Override
        public Reply perform(Permit permit, Meter meter) {
            this.meter = meter;
            held = permit.decision().obligations().stream()
                    .anyMatch(obligation -> obligation instanceof Obligation.MaskPersonalData);
            try (ModelLease<TextGenerator> lease = lease(permit.model(asked))) {
                TextGenerator model = lease.model();
                List<GenerationRequest> requests = new ArrayList<>();
                for (Prompt prompt : prompts) {
                    requests.add(request(model, prompt));
                }
                begun = new Begun(
                        lease.id(),
                        lease.base(),
                        requests.stream().map(GenerationRequest::prompt).toList(),
                        model.tokenizer(),
                        model.chatTemplate(),
                        parameters.seed());
                Generated generated = model.generate(requests, this);
                meter.work(generated.busyNanos());
                begin();
                return new Reply(begun, generated, List.of());
            } catch (GenerationException e) {
                throw failure(e);
            }
        }

        /** The log is forced while the model reads the prompt, so that the first token seldom waits for the disk. */
        private void begin() {
            if (sink != null && !told) {
                meter.awaitBegin();
                told = true;
                sink.begun(begun);
            }
        }

        @Override
        public boolean piece(Piece piece) {
            begin();
            return sink == null || (held ? sink.wanted() : sink.piece(piece));
        }

        @Override
        public boolean wanted() {
            begin();
            return sink == null || sink.wanted();
        }

        /** Before the begin is in the log, a piece waits for the disk. */
        @Override
        public boolean handsOn() {
            return sink == null || (told && sink.handsOn());
        }

        private GenerationRequest request(TextGenerator model, Prompt prompt) {
            if (parameters.echo() && model.encodesPrompts()) {
                throw Requests.invalid(
                        "echo",
                        "must be false: the model reads prompts with an encoder, and its texts do not go on from them");
            }
            int[] ids = encode(model, prompt, true);
            int room = Math.max(1, model.maxTokens() - ids.length);
            int usual = prompt instanceof Prompt.Chat ? room : Math.min(room, USUAL_TOKENS);
            checkLength(model, prompt, ids.length, parameters.maxTokens() == null ? 1 : parameters.maxTokens());
            return new GenerationRequest(
                    ids,
                    parameters.maxTokens() == null ? usual : parameters.maxTokens(),
                    parameters.choices(),
                    parameters.search(),
                    parameters.sampling(model.recommended()),
                    parameters.stops(),
                    parameters.stopTokens(),
                    parameters.jsonSchema() == null ? null : org.candor.proof.Json.write(parameters.jsonSchema()),
                    parameters.specialTokensShown(),
                    caller.tenant(),
                    PATIENCE);
        }

        private void checkLength(TextGenerator model, Prompt prompt, int length, int wanted) {
            if (wanted > 0 && (long) length + wanted > model.maxTokens()) {
                boolean alone = length >= model.maxTokens();
                String parameter = alone ? (prompt instanceof Prompt.Chat ? "messages" : "prompt") : "max_tokens";
                throw new OperationException(
                        Kind.INVALID,
                        TOO_LONG,
                        "This model's maximum context length is " + model.maxTokens() + " tokens. The prompt has "
                                + length + ", and " + wanted + " are wanted behind it. Shorten one of them.",
                        parameter,
                        null);
            }
        }

        @Override
        public boolean masks() {
            return true;
        }

        @Override
        public Reply mask(Reply reply, Masking masking) {
            List<Continuation> open = reply.generated().continuations();
            Map<String, String> texts = new LinkedHashMap<>();
            for (int i = 0; i < open.size(); i++) {
                texts.put("continuations/" + i, open.get(i).text());
            }
            Map<String, String> closed = masking.maskTogether(texts);
            List<Continuation> continuations = new ArrayList<>();
            for (int i = 0; i < open.size(); i++) {
                // Tokens would tell what the text does not.
                continuations.add(new Continuation(
                        closed.get("continuations/" + i),
                        List.of(),
                        open.get(i).finish(),
                        open.get(i).stop()));
            }
            Generated all = reply.generated();
            Generated generated = new Generated(
                    continuations,
                    all.promptTokens(),
                    all.cachedTokens(),
                    all.completionTokens(),
                    all.busyNanos(),
                    all.waitNanos(),
                    all.firstNanos(),
                    all.lastNanos());
            List<Map<String, Object>> masked = new ArrayList<>(reply.masked());
            masked.addAll(masking.masked());
            return new Reply(reply.begun(), generated, masked);
        }

        @Override
        public void describe(Reply reply, Map<String, Object> members) {
            Generated generated = reply.generated();
            members.put("model", Json.model(reply.begun().model()));
            if (reply.begun().base() != null) {
                members.put("base", Json.model(reply.begun().base()));
            }
            members.put(
                    "continuations",
                    generated.continuations().stream()
                            .map(each -> Map.of(
                                    "text",
                                    each.text(),
                                    "finish",
                                    each.finish().name().toLowerCase(Locale.ROOT)))
                            .toList());
            members.put("masked", reply.masked());
            members.put(
                    "usage",
                    Map.of(
                            "prompt_tokens", generated.promptTokens(),
                            "cached_tokens", generated.cachedTokens(),
                            "completion_tokens", generated.completionTokens()));
        }
    }

    private static OperationException failure(GenerationException e) {
        String message = e.getMessage();
        return switch (e.kind()) {
            case INVALID -> new OperationException(Kind.INVALID, "invalid_value", message, e.parameter(), e);
            case BUSY -> new OperationException(Kind.BUSY, "model_busy", message, e.parameter(), e);
            case CANCELLED -> new OperationException(Kind.UNAVAILABLE, "generation_ended", message, null, e);
            case FAILED -> new OperationException(Kind.UNAVAILABLE, "generation_failed", message, null, e);
        };
    }

    private ModelLease<TextGenerator> lease(String route) {
        ModelRegistry now = registry();
        Routes.check(now, route, "generate");
        return now.leaseGenerator(route);
    }

    private ModelRegistry registry() {
        ModelRegistry now = registry;
        if (now == null) {
            throw Services.missing("models", "model registry");
        }
        return now;
    }

    private int[] encode(TextGenerator model, Prompt prompt, boolean specialTokens) {
        return switch (prompt) {
            case Prompt.Tokens(int[] ids) -> ids.clone();
            case Prompt.Text(String text) ->
                encode(tokenizer(model), text, specialTokens ? EncodeOptions.DEFAULT : WITHOUT_SPECIAL_TOKENS);
            case Prompt.Chat chat -> encode(tokenizer(model), rendered(model, chat), WITHOUT_SPECIAL_TOKENS);
        };
    }

    private static int[] encode(Tokenizer tokenizer, String text, EncodeOptions options) {
        try {
            return tokenizer.encode(new TokenizerInput.Text(text), options).ids();
        } catch (IllegalArgumentException e) {
            // Text that this tokenizer has no token for, or that takes it too many steps.
            throw new OperationException(Kind.INVALID, "invalid_value", "prompt: " + e.getMessage(), "prompt", e);
        }
    }

    private static Tokenizer tokenizer(TextGenerator model) {
        if (model.tokenizer() == null) {
            throw new OperationException(
                    Kind.INVALID,
                    "tokenizer_missing",
                    "The model has no tokenizer: it takes token ids only.",
                    "prompt",
                    null);
        }
        return model.tokenizer();
    }

    private String rendered(TextGenerator model, Prompt.Chat chat) {
        if (model.chatTemplate() == null) {
            throw new OperationException(
                    Kind.INVALID,
                    NO_TEMPLATE,
                    "The model has no chat template, so that it takes no conversations; send its text to"
                            + " /v1/completions.",
                    "messages",
                    null);
        }
        ChatInput input = new ChatInput(
                chat.messages(),
                chat.tools(),
                null,
                !chat.continued(),
                chat.continued(),
                model.specialTokens(),
                chat.variables(),
                LocalDateTime.now(clock));
        try {
            return model.chatTemplate().render(input).text();
        } catch (TemplateException | IllegalArgumentException e) {
            throw new OperationException(Kind.INVALID, "chat_template_refused", e.getMessage(), "messages", e);
        }
    }

    @Override
    public Tokenized tokenize(Caller caller, String model, Prompt prompt, boolean specialTokens) {
        Map<String, Object> request = Map.of("prompt", json(prompt));
        provable(request);
        return tokenizing(caller, model, request, lease -> {
            int[] ids = encode(lease.model(), prompt, specialTokens);
            return new Tokenized(
                    lease.id(), ids, lease.model().maxTokens(), lease.model().tokenizer());
        });
    }

    @Override
    public String detokenize(Caller caller, String model, int[] ids) {
        List<Integer> tokens = Arrays.stream(ids).boxed().toList();
        return tokenizing(caller, model, Map.of("tokens", tokens), lease -> tokenizer(lease.model())
                .decode(ids, false));
    }

    private <T> T tokenizing(
            Caller caller, String model, Map<String, Object> request, Function<ModelLease<TextGenerator>, T> work) {
        String route = Requests.name("model", model);
        Operation operation = new Operation(
                "tokenize",
                caller,
                DEFAULT_PURPOSE,
                Operation.Effect.READ,
                request,
                Map.of(Operation.MODEL, route),
                true);
        return path.run(operation, new Task<T>() {
                    @Override
                    public T perform(Permit permit, Meter meter) {
                        try (ModelLease<TextGenerator> lease = lease(permit.model(route))) {
                            return work.apply(lease);
                        }
                    }

                    /** What comes out is what went in: there is nothing to mask that the caller does not have. */
                    @Override
                    public boolean masks() {
                        return true;
                    }

                    @Override
                    public T mask(T result, Masking masking) {
                        return result;
                    }

                    @Override
                    public void describe(T result, Map<String, Object> members) {
                        members.put("model", route);
                    }
                })
                .result();
    }
}
