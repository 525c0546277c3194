package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationListener;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.GeneratorStatus;
import org.candor.api.generate.Piece;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Generation.Begun;
import org.candor.api.operation.Generation.Order;
import org.candor.api.operation.Generation.Prompt;
import org.candor.api.operation.Generation.Sink;
import org.candor.api.operation.Generation.Written;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.candor.api.tokenize.Tokenizer;
import org.junit.jupiter.api.Test;

/** Text that a scripted model writes, through the governed path. */
class GenerationOperationsTest {

    private static final ModelId MODEL = new ModelId("stories", "1.0.0", "sha256:" + "e".repeat(64));

    private final World world = new World();
    private final Script script = new Script();
    private Set<String> tasks = Set.of("generate");
    private ModelState state = ModelState.ACTIVE;
    private ModelId base;
    private List<String> routes = List.of("stories");
    private String waitsFor = "";
    private int leases;
    private boolean closing;

    private GenerationOperations operations() {
        GenerationOperations operations = new GenerationOperations(world.path());
        operations.registry = (ModelRegistry) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ModelRegistry.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "routes" -> routes;
                    case "revisions" -> List.of(new ModelRevision(MODEL, "llama", tasks, state, "", 0, Map.of()));
                    case "active" -> new Activation("stories", MODEL, "start", "first", Instant.EPOCH);
                    case "leaseGenerator" -> lease();
                    case "waitsFor" -> waitsFor;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        return operations;
    }

    private ModelLease<TextGenerator> lease() {
        if (!waitsFor.isEmpty()) {
            throw new ModelUnavailableException(waitsFor);
        }
        if (closing) {
            throw new ModelUnavailableException("model \"stories\" is shutting down");
        }
        leases++;
        return new ModelLease<>() {
            @Override
            public ModelId id() {
                return MODEL;
            }

            @Override
            public ModelId base() {
                return base;
            }

            @Override
            public TextGenerator model() {
                return script;
            }

            @Override
            public void close() {
                leases--;
            }
        };
    }

    /** Writes given pieces, whatever is asked. */
    private static final class Script implements TextGenerator {
        List<String> pieces = List.of("Once ", "upon ", "a time");
        RuntimeException failure;
        Tokenizer tokenizer;
        volatile List<GenerationRequest> requests;
        Sampling recommended = Sampling.PLAIN;
        boolean encoder;
        boolean cancelled;
        /** What its listener said before each piece. */
        final List<Boolean> handsOn = new ArrayList<>();

        @Override
        public Tokenizer tokenizer() {
            return tokenizer;
        }

        @Override
        public ChatTemplate chatTemplate() {
            return null;
        }

        @Override
        public Map<String, String> specialTokens() {
            return Map.of();
        }

        @Override
        public Sampling recommended() {
            return recommended;
        }

        @Override
        public boolean encodesPrompts() {
            return encoder;
        }

        @Override
        public int vocabulary() {
            return 100;
        }

        @Override
        public int maxTokens() {
            return 50;
        }

        @Override
        public Generated generate(List<GenerationRequest> asked, GenerationListener listener) {
            requests = asked;
            if (failure != null) {
                throw failure;
            }
            List<GeneratedToken> tokens = new ArrayList<>();
            for (int i = 0; i < pieces.size(); i++) {
                GeneratedToken token = new GeneratedToken(i + 3, -0.5, List.of());
                tokens.add(token);
                boolean last = i == pieces.size() - 1;
                handsOn.add(listener.handsOn());
                if (!listener.piece(new Piece(0, pieces.get(i), List.of(token), last ? FinishReason.STOP : null))) {
                    cancelled = true;
                    throw new GenerationException(GenerationException.Kind.CANCELLED, "nobody wants the text");
                }
            }
            Continuation whole = new Continuation(String.join("", pieces), tokens, FinishReason.STOP, null);
            return new Generated(List.of(whole), 2, 0, tokens.size(), 5_000_000, 0, 1, 2);
        }

        @Override
        public GeneratorStatus status() {
            return new GeneratorStatus(0, 0, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }

        @Override
        public long bytes() {
            return 1;
        }

        @Override
        public void close() {}
    }

    private final class Told implements Sink {
        final List<String> texts = new ArrayList<>();
        final List<Piece> pieces = new ArrayList<>();
        int most = Integer.MAX_VALUE;
        int eventsAtFirstPiece = -1;
        boolean handsOn;
        Begun begun;

        @Override
        public void begun(Begun now) {
            begun = now;
        }

        @Override
        public boolean piece(Piece piece) {
            if (eventsAtFirstPiece < 0) {
                eventsAtFirstPiece = world.log.entries.size();
            }
            pieces.add(piece);
            texts.add(piece.text());
            return texts.size() < most;
        }

        @Override
        public boolean handsOn() {
            return handsOn;
        }
    }

    private static Order order(Map<String, Object> parameters) {
        return new Order("stories", List.of(new Prompt.Tokens(new int[] {1, 2})), parameters, null);
    }

    @Test
    void aTextIsWrittenAndProved() throws Exception {
        Written written = operations().generate(World.ASKER, order(Map.of("max_tokens", 7L, "seed", 5L)), null);
        assertEquals(
                "Once upon a time",
                written.generated().continuations().getFirst().text());
        assertEquals(MODEL, written.begun().model());
        assertEquals(5, written.begun().seed());
        assertEquals(7, script.requests.getFirst().maxTokens());
        assertEquals("default", script.requests.getFirst().tenant());
        assertEquals(1, world.log.entries.size());
        Map<String, Object> leaf = written.evidence().leaf();
        assertEquals("generate", leaf.get("operation"));
        assertTrue(
                written.evidence()
                        .openings()
                        .keySet()
                        .containsAll(Set.of("prompts", "parameters", "seed", "continuations", "model", "usage")),
                written.evidence().openings().toString());
        assertEquals(0, leases);
    }

    @Test
    void theModelWorksWhileTheLogIsForcedAndNothingIsToldBefore() throws Exception {
        CompletableFuture<Void> disk = new CompletableFuture<>();
        world.log.disk = disk;
        Told told = new Told();
        Thread caller =
                Thread.ofPlatform().start(() -> operations().generate(World.ASKER, order(Map.of("seed", 1L)), told));
        while (script.requests == null || caller.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertEquals(1, script.requests.size(), "the model has begun");
        assertNull(told.begun);
        assertEquals(List.of(), told.texts);
        disk.complete(null);
        caller.join();
        assertEquals(List.of("Once ", "upon ", "a time"), told.texts);
    }

    @Test
    void nothingIsToldWhereTheLogDoesNotTakeTheBegin() {
        world.log.broken = true;
        Told told = new Told();
        OperationException refused =
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, order(Map.of()), told));
        assertEquals("log-unavailable", refused.code());
        assertNull(told.begun);
        assertEquals(List.of(), told.texts);
        assertEquals(0, leases);
    }

    @Test
    void aModelThatIsBusyIsRefusedBeforeTheStreamBegins() {
        script.failure = new GenerationException(GenerationException.Kind.BUSY, "full");
        Told told = new Told();
        OperationException refused =
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, order(Map.of()), told));
        assertEquals(Kind.BUSY, refused.kind());
        assertNull(told.begun, "so that the gateway can still answer 429");
    }

    @Test
    void noPieceIsOnlyHandedOnBeforeTheBeginIsInTheLog() throws Exception {
        Told told = new Told();
        operations().generate(World.ASKER, order(Map.of()), told);
        assertEquals(List.of(false, false, false), script.handsOn, "who may wait is told by the caller's thread");
        script.handsOn.clear();
        told.handsOn = true;
        operations().generate(World.ASKER, order(Map.of()), told);
        assertEquals(List.of(false, true, true), script.handsOn);
        script.handsOn.clear();
        operations().generate(World.ASKER, order(Map.of()), null);
        assertEquals(List.of(true, true, true), script.handsOn, "nobody is told before the end");
    }

    @Test
    void aModelThatIsBeingLoadedIsWorthAskingAgain() {
        waitsFor = "model \"stories\" does not serve now: 1.0.0, which was activated last, is loaded";
        for (ModelState now : ModelState.values()) {
            state = now;
            OperationException refused = assertThrows(
                    OperationException.class, () -> operations().generate(World.ASKER, order(Map.of()), null));
            assertEquals(Kind.UNAVAILABLE, refused.kind(), now::toString);
            assertEquals("model-unavailable", refused.code());
            assertEquals(waitsFor, refused.getMessage());
        }
    }

    @Test
    void aModelThatNobodyActivatedIsNotThere() {
        routes = List.of("encoder-en");
        for (ModelState now : ModelState.values()) {
            state = now;
            OperationException refused = assertThrows(
                    OperationException.class, () -> operations().generate(World.ASKER, order(Map.of()), null));
            assertEquals(Kind.NOT_FOUND, refused.kind(), now::toString);
            assertEquals(
                    "The model \"stories\" is installed but not active; served are: encoder-en.", refused.getMessage());
        }
    }

    @Test
    void aTextOfAnAdapterIsProvedWithItsBase() throws Exception {
        assertFalse(operations()
                .generate(World.ASKER, order(Map.of()), null)
                .evidence()
                .openings()
                .containsKey("base"));
        base = new ModelId("llama", "1.0.0", "sha256:" + "b".repeat(64));
        Written written = operations().generate(World.ASKER, order(Map.of()), null);
        assertEquals(base, written.begun().base());
        assertTrue(written.evidence().openings().containsKey("base"));
        PlatformView view = new PlatformView(world.path());
        view.registry = operations().registry;
        Map<?, ?> seen = (Map<?, ?>) ((List<?>) view.status().get("generators")).getFirst();
        assertEquals(base.digest(), ((Map<?, ?>) seen.get("base")).get("digest"));
    }

    private static Order forMaria() {
        return new Order(
                "stories", List.of(new Prompt.Tokens(new int[] {1, 2})), Map.of("max_tokens", 7L), null, "maria");
    }

    @Test
    void aTextForSomebodyIsKeyedWithTheirKey() {
        Written written = operations().generate(World.ASKER, forMaria(), null);
        Map<String, Object> leaf = written.evidence().leaf();
        byte[] nonce = Base64.getDecoder().decode((String) leaf.get("nonce"));
        byte[] opening = world.keys.derive(World.ASKER.tenant(), "maria", nonce, "seed");
        assertEquals(
                Base64.getEncoder().encodeToString(opening),
                written.evidence().openings().get("seed"));
        assertTrue(written.evidence().openings().containsKey("user"));
    }

    @Test
    void nothingIsWrittenForWhoWithdrewThePurpose() {
        world.consent.withdraw(World.ASKER.tenant(), "maria", Generation.DEFAULT_PURPOSE, "test", "");
        OperationException refused =
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, forMaria(), null));
        assertEquals("consent-withdrawn", refused.code());
        assertEquals(Kind.DENIED, refused.kind());
        assertNull(script.requests);
        assertEquals(1, world.log.entries.size(), "the refusal is logged");
        operations().generate(World.ASKER, order(Map.of()), null);
    }

    @Test
    void whatIsLongerThanTheModelsLongestTextIsRefusedByOpenAisCode() {
        OperationException refused = assertThrows(OperationException.class, () -> operations()
                .generate(World.ASKER, order(Map.of("max_tokens", 1_000_000L)), null));
        assertEquals(GenerationOperations.TOO_LONG, refused.code());
        assertEquals("max_tokens", refused.parameter());
    }

    @Test
    void whatAModelDoesIsSeenAndOnlyOfOneThatWrites() {
        PlatformView view = new PlatformView(world.path());
        view.registry = operations().registry;
        Map<?, ?> seen = (Map<?, ?>) ((List<?>) view.status().get("generators")).getFirst();
        assertEquals("stories", seen.get("id"));
        assertEquals(MODEL.digest(), seen.get("digest"));
        assertEquals(false, seen.get("chat"));
        assertEquals(8, seen.get("freeBlocks"));
        assertEquals(50, seen.get("maxTokens"));
        assertEquals(0, leases, "the lease was given back");
        assertEquals(1, ((List<?>) view.status().get("models")).size());
        waitsFor = "model \"stories\" does not serve now: 1.0.0, which was activated last, is loaded";
        assertEquals(List.of(), view.status().get("models"), "what does not serve yet");
        assertEquals(List.of(), view.status().get("generators"));
        waitsFor = "";
        tasks = Set.of("embed");
        assertEquals(List.of(), view.status().get("generators"));
        tasks = Set.of("generate");
        closing = true;
        assertEquals(List.of(), view.status().get("generators"));
    }

    @Test
    void beforeTextLeavesItsBeginIsInTheLog() {
        Told told = new Told();
        operations().generate(World.ASKER, order(Map.of()), told);
        assertEquals(List.of("Once ", "upon ", "a time"), told.texts);
        assertEquals(1, told.eventsAtFirstPiece);
        assertEquals(2, world.log.entries.size());
        assertEquals(FinishReason.STOP, told.pieces.getLast().finish());
    }

    @Test
    void whoGoesAwayEndsTheTextAndThatIsInTheLog() {
        Told told = new Told();
        told.most = 2;
        OperationException gone =
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, order(Map.of()), told));
        assertEquals("generation_ended", gone.code());
        assertTrue(script.cancelled);
        assertEquals(2, world.log.entries.size(), "its begin and its end");
        assertEquals(0, leases);
    }

    @Test
    void underAPolicyThatMasksTextLeavesWhenItIsMasked() {
        world.policy.obligations = List.of(new Obligation.MaskPersonalData(Set.of(PersonalData.Kind.EMAIL)));
        script.pieces = List.of("write to jo", "@example.org", " now");
        Told told = new Told();
        Written written = operations().generate(World.ASKER, order(Map.of()), told);
        String masked = written.generated().continuations().getFirst().text();
        assertFalse(masked.contains("example"), masked);
        assertEquals(List.of(masked), told.texts);
        assertEquals(List.of(), told.pieces.getFirst().tokens(), "tokens would tell what the text does not");
        assertEquals(1, written.masked().size());
        assertEquals(2, told.eventsAtFirstPiece, "the entry of the text is in the log before the text leaves");
    }

    @Test
    void whatTheModelRecommendsHoldsUnlessTheRequestSaysOtherwise() {
        script.recommended = new Sampling(0.6, 20, 0.95, 0, 1, 1.1, 0, 0, 0, Map.of(), 0, false, 0, -1);
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("temperature", 0.25);
        asked.put("logit_bias", Map.of("7", 3L));
        asked.put("stop", List.of("\n"));
        asked.put("logprobs", 2L);
        operations().generate(World.ASKER, order(asked), null);
        GenerationRequest request = script.requests.getFirst();
        assertEquals(0.25, request.sampling().temperature());
        assertEquals(20, request.sampling().topK());
        assertEquals(1.1, request.sampling().repetitionPenalty());
        assertEquals(Map.of(7, 3.0), request.sampling().logitBias());
        assertEquals(2, request.sampling().logprobs());
        assertEquals(List.of("\n"), request.stops());
        assertEquals(16, request.maxTokens());
    }

    private Search search(Map<String, Object> parameters) {
        operations().generate(World.ASKER, order(parameters), null);
        return script.requests.getFirst().search();
    }

    @Test
    void howContinuationsAreFoundIsAsked() {
        script.recommended = Sampling.PLAIN.withTemperature(0.6);
        assertEquals(Search.DRAWN, search(Map.of("n", 2L)));
        assertEquals(Search.DRAWN, search(Map.of("n", 2L, "best_of", 2L, "length_penalty", 1.0)));
        assertEquals(new Search.Best(5), search(Map.of("n", 2L, "best_of", 5L)));
        assertEquals(0.6, script.requests.getFirst().sampling().temperature());
        assertEquals(
                new Search.Beams(3, 1, Search.Stopping.HEURISTIC), search(Map.of("n", 3L, "use_beam_search", true)));
        assertEquals(
                Sampling.PLAIN.temperature(),
                script.requests.getFirst().sampling().temperature());
        assertEquals(
                new Search.Beams(4, 0.5, Search.Stopping.EXHAUSTIVE),
                search(Map.of(
                        "best_of", 4L, "use_beam_search", true, "length_penalty", 0.5, "early_stopping", "never")));
        assertEquals(
                new Search.Beams(1, 1, Search.Stopping.EARLY),
                search(Map.of("use_beam_search", true, "early_stopping", true)));
        for (Map.Entry<String, Object> wrong : Map.of(
                        "length_penalty", (Object) 2.0, "early_stopping", true, "use_beam_search", 1L, "best_of", "x")
                .entrySet()) {
            OperationException refused =
                    assertThrows(OperationException.class, () -> search(Map.of(wrong.getKey(), wrong.getValue())));
            assertEquals(wrong.getKey(), refused.parameter());
        }
    }

    @Test
    void whatIsNoParameterIsNamed() {
        for (Map.Entry<String, Object> wrong : Map.of(
                        "colour",
                        (Object) "red",
                        "temperature",
                        "hot",
                        "seed",
                        1.5,
                        "stop",
                        "x",
                        "stop_token_ids",
                        List.of("x"),
                        "logit_bias",
                        Map.of("x", 1L),
                        "ignore_eos",
                        1L,
                        "n",
                        1L << 40,
                        "json_schema",
                        "x")
                .entrySet()) {
            OperationException refused = assertThrows(OperationException.class, () -> operations()
                    .generate(World.ASKER, order(Map.of(wrong.getKey(), wrong.getValue())), null));
            assertEquals(Kind.INVALID, refused.kind());
            assertEquals(wrong.getKey(), refused.parameter());
        }
        assertEquals(0, world.log.entries.size());
    }

    @Test
    void refusalsOfTheModelAreTold() {
        script.failure = new GenerationException(GenerationException.Kind.BUSY, "too much waits");
        assertEquals(
                Kind.BUSY,
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, order(Map.of()), null))
                        .kind());
        script.failure = new GenerationException(GenerationException.Kind.INVALID, "max_tokens", "too many", null);
        OperationException refused =
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, order(Map.of()), null));
        assertEquals("max_tokens", refused.parameter());
        world.policy.permits = false;
        assertEquals(
                Kind.DENIED,
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, order(Map.of()), null))
                        .kind());
    }

    @Test
    void textThatTheTokenizerCannotTakeIsTheCallersError() {
        script.tokenizer = (Tokenizer) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Tokenizer.class}, (proxy, method, arguments) -> {
                    throw new IllegalArgumentException("there is no token for this text");
                });
        Order text = new Order("stories", List.of(new Prompt.Text("Once")), Map.of(), null);
        OperationException refused =
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, text, null));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals("prompt", refused.parameter());
        assertEquals(0, leases);
    }

    @Test
    void whatAnEncoderReadsIsNotPutInFrontOfTheText() {
        Map<String, Object> echo = Map.of("echo", true);
        assertEquals(
                1,
                operations()
                        .generate(World.ASKER, order(echo), null)
                        .generated()
                        .continuations()
                        .size());
        script.encoder = true;
        Told told = new Told();
        OperationException refused =
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, order(echo), told));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals("echo", refused.parameter());
        assertTrue(refused.getMessage().contains("encoder"), refused.getMessage());
        assertNull(told.begun);
        operations().generate(World.ASKER, order(Map.of("echo", false)), null);
        assertEquals(0, leases);
    }

    @Test
    void whatCannotBeProvedIsRefusedByName() {
        for (Map<String, Object> parameters : List.<Map<String, Object>>of(
                Map.of("seed", (1L << 53) + 2), Map.of("json_schema", Map.of("const", "\ud800")))) {
            OperationException refused = assertThrows(
                    OperationException.class, () -> operations().generate(World.ASKER, order(parameters), null));
            assertEquals(Kind.INVALID, refused.kind(), parameters.toString());
            assertEquals(parameters.keySet().iterator().next(), refused.parameter());
        }
        Order chat = new Order(
                "stories",
                List.of(new Prompt.Chat(List.of(Map.of("role", "user", "content", "a\ud800")), null, false, Map.of())),
                Map.of(),
                null);
        OperationException refused =
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, chat, null));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals("prompts", refused.parameter());
        assertEquals(0, world.log.entries.size());
    }

    @Test
    void aModelWithoutTokenizerOrTemplateSaysSo() {
        Order text = new Order("stories", List.of(new Prompt.Text("Once")), Map.of(), null);
        assertEquals(
                "tokenizer_missing",
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, text, null))
                        .code());
        Order chat = new Order(
                "stories",
                List.of(new Prompt.Chat(List.of(Map.of("role", "user", "content", "Hi")), null, false, Map.of())),
                Map.of(),
                null);
        assertEquals(
                "tokenizer_missing",
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, chat, null))
                        .code());
        tasks = Set.of("embed");
        OperationException wrong =
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, text, null));
        assertEquals("wrong_task", wrong.code());
        assertEquals(Kind.INVALID, wrong.kind());
        Order other = new Order("other", text.prompts(), Map.of(), null);
        assertEquals(
                Kind.NOT_FOUND,
                assertThrows(OperationException.class, () -> operations().generate(World.ASKER, other, null))
                        .kind());
    }
}
