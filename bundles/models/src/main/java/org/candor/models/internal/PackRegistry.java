package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.generate.TextGenerator;
import org.candor.api.generate.TextGeneratorLoader;
import org.candor.api.model.Activation;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.ModelAudit;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelListener;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.StoreUsage;
import org.candor.api.model.TextEncoder;
import org.candor.api.operation.Caller;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.util.tracker.BundleTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model registry over pack bundles: bundles that provide a capability {@code org.candor.model}. Packs are taken in
 * and models are loaded on one thread of this component, so that neither the framework nor a request waits for them.
 */
@Component(
        service = {ModelRegistry.class, Configured.class},
        configurationPid = PackRegistry.PID)
@Designate(ocd = PackRegistry.Config.class)
public final class PackRegistry implements ModelRegistry, Configured {

    static final String PID = "org.candor.models";

    /** Namespace of the capability that makes a bundle a pack. */
    static final String NAMESPACE = "org.candor.model";

    private static final Logger LOG = LoggerFactory.getLogger(PackRegistry.class);

    @ObjectClassDefinition(name = "Candor models")
    public @interface Config {
        @AttributeDefinition(
                name = "Defaults",
                description = "What a route leads to while nothing was ever activated on it: name:version, for example "
                        + "encoder-en:1.0.0. A route without a default waits for an explicit activation.")
        String[] defaults() default {"encoder-en:1.0.0", "encoder-zh:1.0.0", "stories-tiny:1.0.0"};

        @AttributeDefinition(
                name = "Directory",
                description = "Folder of the weight store and the activation record. Empty: models/ in candor.home.")
        String directory() default "";

        @AttributeDefinition(
                name = "Store bytes",
                description =
                        "Most bytes of the weight store, 1000000 to 1000000000000000. A pack that does not fit is refused.")
        long storeBytes() default 20_000_000_000L;

        @AttributeDefinition(
                name = "Memory bytes",
                description =
                        "Most bytes that loaded models hold together, 1000000 to 1000000000000000; 0 for half of the machine's memory. A model that does not fit is refused.")
        long memoryBytes() default 0;

        @AttributeDefinition(
                name = "Cache bytes",
                description =
                        "Bytes for the keys and values of a model that writes and is installed from a folder or file, 1000000 to 1000000000000000; 0 for an eighth of the memory bytes or of Java's heap, whichever is less. They lie on the heap and never get more than half of it, and hold 2048 to 65536 tokens, which is also the longest text; a change counts for what is installed from then on.")
        long cacheBytes() default 0;

        @AttributeDefinition(
                name = "Cache",
                description =
                        "How keys and values of a model are held that writes and is installed from a folder or file: f32; bf16, twice as many tokens in the same bytes; or int8, up to four times as many. A change counts for what is installed from then on.")
        String cache() default "f32";

        @AttributeDefinition(
                name = "Standby seconds",
                description =
                        "How long a revision stays loaded after another one has taken its route, for a way back without loading, 0 to 86400. It is unloaded earlier when memory is needed.")
        int standbySeconds() default 300;

        @AttributeDefinition(
                name = "Trusted keys",
                description = "Whose signature makes a pack trusted: verifier keys, name+id+key, Ed25519.")
        String[] trustedKeys() default {};

        @AttributeDefinition(
                name = "Unsigned packs",
                description =
                        "Packs that are taken without a signature: name:version or the digest, sha256:...; true for all of them.")
        String[] unsigned() default {};
    }

    private static final long LOOK_SECONDS = 2;
    /** A pack that comes back within this time was only refreshed. */
    private static final long REFRESH_SECONDS = 5;

    private final Path directory;
    private final Path pins;
    private final Configuration<Config> configuration;
    private volatile RegistrySettings settings;
    private final Revisions revisions;
    private final Folders folders;
    private final ContentStore store;
    private final AuditQueue audit = new AuditQueue();
    private final ScheduledExecutorService executor;
    private final BundleTracker<BundlePacks.Tracked> tracker;
    private final Loaders loaders = new Loaders();
    private final Reconciler reconciler;
    private final List<ModelListener> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean closing;

    @Activate
    public PackRegistry(BundleContext context, Map<String, Object> properties) throws IOException {
        String home = context.getProperty("candor.home");
        String etc = context.getProperty("karaf.etc");
        pins = etc == null ? null : Path.of(etc, "shipped-packs.txt");
        configuration = Configuration.of(PID, Config.class, properties, this::settings, LOG::warn);
        Config config = configuration.values();
        settings = settings(config);
        executor = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("candor-models").daemon().factory());
        directory = directory(context, config.directory());
        store = new ContentStore(directory.resolve("store"), settings.storeBytes());
        revisions = new Revisions(
                store,
                new ActivationLog(directory.resolve("activations.jsonl")),
                new Cards(directory.resolve("cards")),
                () -> settings.trust(),
                settings.memoryBytes(),
                loaders,
                new StandbyTime(),
                new Announcements());
        revisions.memory().configuredCache(settings.cacheBytes());
        revisions.memory().configuredCacheType(settings.cache());
        reconciler = new Reconciler(revisions, loaders, () -> settings.defaults());
        folders = new Folders(
                new Folders.Places(
                        directory.resolve("references"),
                        home == null ? null : Path.of(home),
                        home == null ? null : Path.of(home, "deploy", "models")),
                revisions,
                () -> settings.trust(),
                revisions.memory(),
                loaders);
        folders.restore();
        tracker = new BundleTracker<>(
                context,
                Bundle.RESOLVED | Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING,
                new BundlePacks(revisions, this::packArrived, () -> closing));
        tracker.open();
        executor.scheduleWithFixedDelay(
                guarded("deploy/models could not be looked through", this::look),
                LOOK_SECONDS,
                LOOK_SECONDS,
                TimeUnit.SECONDS);
    }

    /** Everything but the directory counts at once; what is wrong is refused as a whole. */
    @Modified
    void modified(Map<String, Object> properties) {
        configuration.change(properties, this::changed, LOG::warn);
    }

    private String changed(Config before, Config after) {
        if (!before.directory().equals(after.directory())) {
            return "the change of directory, and all that changed with it, counts from the next start on";
        }
        settings = settings(after);
        store.limit(settings.storeBytes());
        revisions.memory().configured(settings.memoryBytes());
        revisions.memory().configuredCache(settings.cacheBytes());
        revisions.memory().configuredCacheType(settings.cache());
        if (settings.standbySeconds() == 0) {
            revisions.endStandby("the configuration wants none");
        }
        later(() -> {
            revisions.installed().assess();
            folders.lookAgain();
            reconciler.reconcile();
        });
        return "";
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    private RegistrySettings settings(Config config) {
        return RegistrySettings.of(config, pins);
    }

    /** What comes and goes in deploy/models; waits for a loader, which every folder needs. */
    private void look() {
        if (!loaders.isEmpty()) {
            folders.look();
        }
    }

    /** A task whose failure is said, and that never fails: a periodic one would not be run again. */
    static Runnable guarded(String failure, Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.error(failure, e);
            }
        };
    }

    private static Path directory(BundleContext context, String configured) {
        if (!configured.isBlank()) {
            return Path.of(configured);
        }
        String home = context.getProperty("candor.home");
        return home == null ? context.getDataFile("models").toPath() : Path.of(home, "models");
    }

    @Deactivate
    void deactivate() throws IOException, InterruptedException {
        closing = true;
        tracker.close();
        executor.shutdownNow();
        executor.awaitTermination(30, TimeUnit.SECONDS);
        revisions.close();
        audit.close();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addAudit(ModelAudit present) {
        audit.audit(present);
    }

    void removeAudit(ModelAudit gone) {
        audit.withdraw(gone);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addLoader(ModelLoader loader) {
        loaders.add(loader);
        reconcileLater();
    }

    void removeLoader(ModelLoader loader) {
        loaders.remove(loader);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addGeneratorLoader(GeneratorLoader loader) {
        loaders.add(loader);
        reconcileLater();
    }

    void removeGeneratorLoader(GeneratorLoader loader) {
        loaders.remove(loader);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addTextGeneratorLoader(TextGeneratorLoader loader) {
        loaders.add(loader);
        reconcileLater();
    }

    void removeTextGeneratorLoader(TextGeneratorLoader loader) {
        loaders.remove(loader);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(ModelListener listener) {
        listeners.add(listener);
    }

    void removeListener(ModelListener listener) {
        listeners.remove(listener);
    }

    private final class StandbyTime implements Surroundings.Standby {
        @Override
        public boolean wanted() {
            return settings.standbySeconds() > 0 && !closing;
        }

        @Override
        public void later(Runnable end) {
            try {
                executor.schedule(end, settings.standbySeconds(), TimeUnit.SECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("The model registry is closing", e);
            }
        }
    }

    private final class Announcements implements Revisions.Events {
        @Override
        public void activated(Activation activation) {
            LOG.info(
                    "{} now leads to {}, activated by {}: {}",
                    activation.route(),
                    activation.model(),
                    activation.actor(),
                    activation.reason());
            tell(activation.model(), listener -> listener.activated(activation));
            if (revisions.bases().awaited(activation.model())) {
                reconcileLater();
            }
        }

        @Override
        public void removed(ModelId model, Cause cause) {
            LOG.info("{} is not installed any more: {}", model, cause.reason());
            later(PackRegistry.this::clean);
            boolean asked = !cause.actor().equals(ModelTransition.SYSTEM);
            try {
                executor.schedule(
                        () -> {
                            if (revisions.installed().get(model.digest()) == null) {
                                tell(model, listener -> listener.removed(model));
                            }
                        },
                        asked ? 0 : REFRESH_SECONDS,
                        TimeUnit.SECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("The model registry is closing", e);
            }
        }

        @Override
        public void step(ModelTransition transition) {
            audit.add(transition);
        }

        private void tell(ModelId model, Consumer<ModelListener> what) {
            for (ModelListener listener : listeners) {
                try {
                    what.accept(listener);
                } catch (RuntimeException e) {
                    LOG.error("A listener failed on {}", model, e);
                }
            }
        }
    }

    private void later(Runnable task) {
        try {
            executor.execute(guarded("The models could not be brought up to date", task));
        } catch (RejectedExecutionException e) {
            LOG.debug("The model registry is closing", e);
        }
    }

    private void packArrived() {
        reconcileLater();
        later(this::clean);
    }

    private void reconcileLater() {
        later(reconciler::reconcile);
    }

    @Override
    public ModelLease<TextEncoder> leaseEncoder(String route) {
        return revisions.routes().lease(route, TextEncoder.class);
    }

    @Override
    public ModelLease<TextGenerator> leaseGenerator(String route) {
        return revisions.routes().lease(route, TextGenerator.class);
    }

    @Override
    public ModelLease<TextEncoder> leaseEncoderByDigest(String digest) {
        return revisions.leaseByDigest(digest, TextEncoder.class);
    }

    @Override
    public List<ModelRevision> revisions() {
        return revisions.installed().describe();
    }

    @Override
    public List<String> routes() {
        return reconciler.routes();
    }

    @Override
    public Activation active(String route) {
        return revisions.routes().active(route);
    }

    @Override
    public List<Activation> history(String route) {
        return revisions.routes().history(route);
    }

    @Override
    public Activation activate(String name, String version, Caller actor, String reason) {
        return revisions.activate(name, version, cause(actor, reason));
    }

    @Override
    public Activation rollBack(String route, Caller actor, String reason) {
        return revisions.rollBack(route, cause(actor, reason));
    }

    @Override
    public ModelRevision install(ModelSource source, Caller actor, String reason) {
        return folders.install(source, cause(actor, reason));
    }

    @Override
    public ModelRevision verify(String name, String version, Caller actor, String reason) {
        return revisions.verify(name, version, cause(actor, reason));
    }

    @Override
    public ModelId remove(String name, String version, Caller actor, String reason) {
        return revisions.remove(name, version, cause(actor, reason));
    }

    @Override
    public StoreUsage store() {
        try {
            return revisions.usage();
        } catch (IOException e) {
            throw new ModelUnavailableException("the weight store cannot be read: " + e.getMessage());
        }
    }

    @Override
    public String waitsFor(String route) {
        return revisions.routes().waitsFor(route);
    }

    private static Cause cause(Caller actor, String reason) {
        if (actor == null || actor.subject().isBlank() || reason == null || reason.isBlank()) {
            throw new IllegalArgumentException("a change of models needs an actor and a reason");
        }
        return new Cause(actor.subject(), actor.tenant(), reason);
    }

    private void clean() {
        try {
            long freed = revisions.clean();
            if (freed > 0) {
                LOG.info("The weight store freed {}", Sizes.of(freed));
            }
        } catch (IOException e) {
            LOG.warn("The weight store could not be cleaned: {}", e.getMessage());
        }
    }
}
