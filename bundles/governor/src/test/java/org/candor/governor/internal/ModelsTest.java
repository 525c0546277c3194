package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.candor.api.model.Activation;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.StoreUsage;
import org.candor.api.model.TextEncoder;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Embedding;
import org.candor.api.operation.Models;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.operation.Platform;
import org.junit.jupiter.api.Test;

class ModelsTest {

    private static final ModelId FIRST = new ModelId("encoder-en", "1.0.0", "sha256:" + "1".repeat(64));
    private static final ModelId SECOND = new ModelId("encoder-en", "2.0.0", "sha256:" + "2".repeat(64));

    private final World world = new World();
    private final Registry registry = new Registry();

    private EmbeddingOperations embedding() {
        EmbeddingOperations embedding = new EmbeddingOperations(world.path());
        embedding.registry = registry;
        return embedding;
    }

    private ModelOperations models() {
        ModelOperations models = new ModelOperations(world.path());
        models.registry = registry;
        return models;
    }

    private static OperationException refused(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(OperationException.class, call);
    }

    @Test
    void anEmbeddingHoldsItsLeaseOnlyWhileItWorksAndIsLogged() {
        Embedding.Result result = embedding().embed(World.ASKER, "encoder-en", List.of("a", " "), null, null);
        assertEquals(FIRST, result.model());
        assertEquals(2, result.embeddings().vectors().length);
        assertEquals(0, registry.leases);
        assertEquals("proof of 0", result.evidence().proof());
        assertEquals(List.of(77L), world.energy.work);
        assertEquals(
                Set.of("input", "purpose", "model", "embeddings", "energy", "policy"),
                result.evidence().openings().keySet());
    }

    @Test
    void anEmbeddingForSomebodyIsKeyedWithTheirKeyAndNeedsTheirConsent() {
        Embedding.Result result = embedding().embed(World.ASKER, "encoder-en", List.of("a"), null, "maria");
        byte[] nonce =
                Base64.getDecoder().decode((String) result.evidence().leaf().get("nonce"));
        assertEquals(
                Base64.getEncoder().encodeToString(world.keys.derive(World.ASKER.tenant(), "maria", nonce, "input")),
                result.evidence().openings().get("input"));
        assertTrue(result.evidence().openings().containsKey("user"));
        world.consent.withdraw(World.ASKER.tenant(), "maria", Answers.DEFAULT_PURPOSE, "test", "");
        assertEquals(
                "consent-withdrawn",
                refused(() -> embedding().embedTokens(World.ASKER, "encoder-en", List.of(new int[] {1}), null, "maria"))
                        .code());
        assertEquals(1, registry.leased, "nothing is computed for who withdrew");
        embedding().embed(World.ASKER, "encoder-en", List.of("a"), null, null);
    }

    @Test
    void aFailingEncoderGivesItsLeaseBack() {
        registry.broken = true;
        assertThrows(IllegalStateException.class, () -> embedding()
                .embed(World.ASKER, "encoder-en", List.of("a"), null, null));
        assertEquals(0, registry.leases);
    }

    @Test
    void tokensOutsideTheVocabularyAreTheCallersMistake() {
        OperationException e =
                refused(() -> embedding().embedTokens(World.ASKER, "encoder-en", List.of(new int[] {-1}), null, null));
        assertEquals(Kind.INVALID, e.kind());
        assertEquals("input", e.parameter());
    }

    @Test
    void anUnknownModelIsNotFoundAndOneThatIsLoadingIsUnavailable() {
        assertEquals(
                "model_not_found",
                refused(() -> embedding().embed(World.ASKER, "gpt-9", List.of("a"), null, null))
                        .code());
        OperationException e = refused(() -> embedding().embed(World.ASKER, "encoder-zh", List.of("a"), null, null));
        assertEquals(Kind.UNAVAILABLE, e.kind());
        assertEquals("model-unavailable", e.code());
    }

    @Test
    void aModelThatNobodyActivatedIsNotFoundAndSaysThatItIsInstalled() {
        OperationException e = refused(() -> embedding().embed(World.ASKER, "undecided", List.of("a"), null, null));
        assertEquals(Kind.NOT_FOUND, e.kind());
        assertTrue(e.getMessage().contains("is installed but not active"), e.getMessage());
    }

    @Test
    void aModelThatDoesNotEncodeIsTheCallersMistake() {
        OperationException e = refused(() -> embedding().embed(World.ASKER, "stories", List.of("a"), null, null));
        assertEquals(Kind.INVALID, e.kind());
        assertEquals("model", e.parameter());
        assertTrue(e.getMessage().contains("whose task is generate and not embed"), e.getMessage());
        assertEquals(0, registry.leases);
    }

    @Test
    void aRouteHasTheTaskOfItsModels() {
        Map<String, String> tasks = models().overview(World.ASKER).routes().stream()
                .collect(Collectors.toMap(Models.Route::name, Models.Route::task));
        assertEquals(Map.of("encoder-en", "embed", "encoder-zh", "", "stories", "generate", "undecided", ""), tasks);
    }

    @Test
    void inputsAreBoundedAndNeverEmpty() {
        assertEquals(
                "empty_input",
                refused(() -> embedding().embed(World.ASKER, "encoder-en", List.of(), null, null))
                        .code());
        assertEquals(
                "empty_input",
                refused(() -> embedding().embed(World.ASKER, "encoder-en", List.of("a", ""), null, null))
                        .code());
        assertEquals(
                "input",
                refused(() -> embedding()
                                .embed(
                                        World.ASKER,
                                        "encoder-en",
                                        java.util.Collections.nCopies(2_049, "a"),
                                        null,
                                        null))
                        .parameter());
        assertTrue(world.events.isEmpty());
    }

    @Test
    void anActivationIsLoggedBeforeAndAfterWithItsActor() {
        assertEquals(
                "2.0.0",
                models().activate(World.ASKER, "encoder-en", "2.0.0", "better")
                        .activation()
                        .model()
                        .version());
        assertEquals("asker", registry.history.getLast().actor());
        assertTrue(world.log.text(0).contains("admin.models.activate/begun"));
        assertEquals(
                "model_not_found",
                refused(() -> models().activate(World.ASKER, "encoder-en", "9", "better"))
                        .code());
        assertEquals(
                "reason",
                refused(() -> models().activate(World.ASKER, "encoder-en", "2.0.0", " "))
                        .parameter());
    }

    @Test
    void aRollBackNeedsAnotherRevision() {
        assertEquals(
                "nothing_to_roll_back",
                refused(() -> models().rollBack(World.ASKER, "encoder-en", "worse"))
                        .code());
        models().activate(World.ASKER, "encoder-en", "2.0.0", "better");
        assertEquals(
                FIRST,
                models().rollBack(World.ASKER, "encoder-en", "worse")
                        .activation()
                        .model());
        assertEquals(
                "model_not_found",
                refused(() -> models().rollBack(World.ASKER, "gpt-9", "worse")).code());
    }

    @Test
    void aRefusalIsTheRequestsFaultAndIsInTheLogAsFailed() {
        OperationException e = refused(() -> models().remove(World.ASKER, "encoder-en", "1.0.0", "no use"));
        assertEquals(Kind.INVALID, e.kind());
        assertEquals("model_refused", e.code());
        assertTrue(world.log.text(0).contains("admin.models.remove/begun"));
        assertTrue(world.log.text(1).contains("admin.models.remove/failed"));
        assertEquals(
                SECOND,
                models().remove(World.ASKER, "encoder-en", "2.0.0", "no use").model());
        assertEquals(
                "model_refused",
                refused(() -> models().install(World.ASKER, ModelSource.of(Path.of("/m")), "try"))
                        .code());
        assertEquals(
                ModelState.ACTIVE,
                models().verify(World.ASKER, "encoder-en", "1.0.0", "look")
                        .revision()
                        .state());
    }

    @Test
    void aRouteShowsWhatARollBackWouldActivate() {
        models().activate(World.ASKER, "encoder-en", "2.0.0", "better");
        Models.Route route = models().overview(World.ASKER).routes().getFirst();
        assertEquals(SECOND, route.active().model());
        assertEquals(FIRST, route.previous());
        assertEquals(2, route.history().size());
        assertEquals("better", route.history().getFirst().reason());
    }

    @Test
    void aStepInTheLifeOfAModelIsLoggedUnderItsActor() {
        GovernedPath path = world.path();
        ModelLife life = new ModelLife(path);
        life.record(new ModelTransition(FIRST, ModelState.VERIFIED, false, "anna", "default", "better", Instant.EPOCH));
        assertTrue(world.log.text(0).contains("models.life"));
        life.record(new ModelTransition(FIRST, ModelState.LOADED, false, "otto", "acme", "better", Instant.EPOCH));
        assertTrue(
                world.keys.keys.keySet().containsAll(Set.of("default/anna", "acme/otto")),
                "an entry is sealed with the key of who caused it, in the own tenant: " + world.keys.keys.keySet());
        path.log = null;
        assertThrows(
                OperationException.class,
                () -> life.record(new ModelTransition(
                        FIRST, ModelState.LOADED, false, "anna", "default", "better", Instant.EPOCH)));
    }

    @Test
    void whyAModelFailedIsForWhoRunsTheServer() {
        ModelOperations models = new ModelOperations(world.path());
        models.registry = registry;
        registry.state = ModelState.FAILED;
        assertEquals("digest differs", models.list(World.ASKER).getFirst().reason());
        assertNotNull(models.overview(World.ASKER).store());
        world.policy.denied = "admin.models.inspect";
        Models.Overview bare = models.overview(World.ASKER);
        assertNull(bare.store());
        assertEquals(List.of(), bare.routes());
        for (ModelRevision revision :
                List.of(bare.revisions().getFirst(), models.list(World.ASKER).getFirst())) {
            assertEquals(FIRST, revision.id());
            assertEquals(ModelState.FAILED, revision.state());
            assertEquals("", revision.reason());
        }
    }

    @Test
    void readyMeansThatAnEncoderIsActive() {
        PlatformView view = new PlatformView(world.path());
        view.registry = registry;
        view.library = world.library;
        view.retrieval = world.retrieval;
        assertTrue(
                view.checks().stream().allMatch(Platform.Check::ready),
                view.checks().toString());
        registry.state = ModelState.FAILED;
        Platform.Check check = view.checks().getFirst();
        assertFalse(check.ready());
        assertTrue(check.detail().contains("encoder-en 1.0.0 failed: digest differs"), check.detail());
    }

    @Test
    void theStatusSaysHowBusyEachRevisionIsAndNotWhyOneFailed() {
        PlatformView view = new PlatformView(world.path());
        view.registry = registry;
        registry.state = ModelState.DRAINING;
        registry.leases = 2;
        assertEquals(
                List.of(
                        Map.of("name", "encoder-en", "version", "1.0.0", "state", "draining", "leases", 2),
                        Map.of("name", "encoder-en", "version", "2.0.0", "state", "installed", "leases", 0)),
                ((List<?>) view.status().get("revisions")).subList(0, 2));
    }

    private final class Registry implements ModelRegistry {
        int leases;
        int leased;
        boolean broken;
        ModelState state = ModelState.ACTIVE;
        final List<Activation> history =
                new ArrayList<>(List.of(new Activation("encoder-en", FIRST, "start", "first", Instant.EPOCH)));

        @Override
        public ModelLease<TextEncoder> leaseEncoder(String route) {
            if (route.equals("stories")) {
                throw new ModelRefusedException("it leads to stories 1.0.0, whose task is generate and not embed");
            }
            if (!route.equals("encoder-en")) {
                throw new ModelUnavailableException(route + ": no revision is active");
            }
            leases++;
            leased++;
            return new ModelLease<>() {
                @Override
                public ModelId id() {
                    return FIRST;
                }

                @Override
                public TextEncoder model() {
                    return new Encoder();
                }

                @Override
                public void close() {
                    leases--;
                }
            };
        }

        @Override
        public ModelLease<TextEncoder> leaseEncoderByDigest(String digest) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<ModelRevision> revisions() {
            return List.of(
                    new ModelRevision(FIRST, "bert", Set.of("embed"), state, "digest differs", leases, Map.of()),
                    new ModelRevision(SECOND, "bert", Set.of("embed"), ModelState.INSTALLED, "", 0, Map.of()),
                    other("stories", "1.0.0", "generate"),
                    other("undecided", "1.0.0", "generate"),
                    other("undecided", "2.0.0", "embed"));
        }

        private static ModelRevision other(String name, String version, String task) {
            return new ModelRevision(
                    new ModelId(name, version, "sha256:" + name + version),
                    "llama",
                    Set.of(task),
                    ModelState.INSTALLED,
                    "",
                    0,
                    Map.of());
        }

        @Override
        public List<String> routes() {
            return List.of("encoder-en", "encoder-zh", "stories");
        }

        @Override
        public Activation active(String route) {
            return history.getLast();
        }

        @Override
        public List<Activation> history(String route) {
            return route.equals("encoder-en") ? List.copyOf(history) : List.of();
        }

        @Override
        public Activation activate(String name, String version, Caller actor, String reason) {
            history.add(new Activation(
                    name, version.equals("1.0.0") ? FIRST : SECOND, actor.subject(), reason, Instant.EPOCH));
            return history.getLast();
        }

        @Override
        public Activation rollBack(String route, Caller actor, String reason) {
            history.add(new Activation(route, FIRST, actor.subject(), reason, Instant.EPOCH));
            return history.getLast();
        }

        @Override
        public ModelRevision install(ModelSource source, Caller actor, String reason) {
            throw new ModelRefusedException(source.path() + ": config.json is missing");
        }

        @Override
        public ModelRevision verify(String name, String version, Caller actor, String reason) {
            return revisions().getFirst();
        }

        @Override
        public ModelId remove(String name, String version, Caller actor, String reason) {
            if (version.equals("1.0.0")) {
                throw new ModelRefusedException("a route leads to it");
            }
            return SECOND;
        }

        @Override
        public StoreUsage store() {
            return new StoreUsage(7, 100, 50, List.of());
        }

        @Override
        public String waitsFor(String route) {
            return "";
        }

        private final class Encoder implements TextEncoder {
            @Override
            public int dimensions() {
                return 2;
            }

            @Override
            public int maxTokens() {
                return 512;
            }

            @Override
            public String queryPrefix() {
                return "";
            }

            private Embeddings embeddings(int count) {
                if (broken) {
                    throw new IllegalStateException("broken");
                }
                return new Embeddings(new float[count][2], new int[count], new boolean[count], 77);
            }

            @Override
            public Embeddings embed(List<String> texts) {
                return embeddings(texts.size());
            }

            @Override
            public Embeddings embedTokens(List<int[]> ids) {
                for (int[] sequence : ids) {
                    if (sequence[0] < 0) {
                        throw new IllegalArgumentException("id " + sequence[0] + " is outside the vocabulary");
                    }
                }
                return embeddings(ids.size());
            }

            @Override
            public long bytes() {
                return 0;
            }

            @Override
            public void close() {}
        }
    }
}
