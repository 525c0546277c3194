package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.configuration.InvalidConfigurationException;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelAudit;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelListener;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.StoreUsage;
import org.candor.api.model.TextEncoder;
import org.candor.api.operation.Caller;
import org.candor.proof.InvalidProofException;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
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
import org.osgi.util.tracker.BundleTrackerCustomizer;
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
        String[] defaults() default {"encoder-en:1.0.0", "encoder-zh:1.0.0"};

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

    /** Digests of the packs that ship with the build, in the folder etc. */
    private static final String PINS = "shipped-packs.txt";

    private static final long LOOK_SECONDS = 2;
    private static final int MOST_STANDBY = 86_400;
    /** A pack that comes back within this time was only refreshed. */
    private static final long REFRESH_SECONDS = 5;

    private static final long LEAST_STORE = 1_000_000L;
    private static final long MOST_STORE = 1_000_000_000_000_000L;

    private final Path directory;
    private final Path pins;
    private final Configuration<Config> configuration;
    private volatile Settings settings;
    private final Revisions revisions;
    private final Folders folders;
    private final ContentStore store;
    private final AuditQueue audit = new AuditQueue();
    private final ScheduledExecutorService executor;
    private final BundleTracker<Packs.Tracked> tracker;
    private final List<ModelLoader> loaders = new CopyOnWriteArrayList<>();
    private final List<ModelListener> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean closing;

    /** What counts at once when the configuration changes. */
    private record Settings(
            Map<String, String> defaults, PackTrust trust, long storeBytes, long memoryBytes, int standbySeconds) {}

    @Activate
    public PackRegistry(BundleContext context, Map<String, Object> properties) throws IOException {
        String home = context.getProperty("candor.home");
        String etc = context.getProperty("karaf.etc");
        pins = etc == null ? null : Path.of(etc, PINS);
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
                this::loader,
                new StandbyTime(),
                new Announcements());
        folders = new Folders(
                new Folders.Places(
                        directory.resolve("references"),
                        home == null ? null : Path.of(home),
                        home == null ? null : Path.of(home, "deploy", "models")),
                revisions,
                () -> settings.trust(),
                revisions.memory(),
                this::loader);
        folders.restore();
        tracker = new BundleTracker<>(
                context, Bundle.RESOLVED | Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING, new Packs());
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
        if (settings.standbySeconds() == 0) {
            revisions.endStandby("the configuration wants none");
        }
        later(() -> {
            revisions.assess();
            folders.lookAgain();
            reconcile();
        });
        return "";
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    private Settings settings(Config config) {
        return new Settings(
                defaults(config.defaults()),
                PackTrust.of(PackKind.MODEL, pins(pins), List.of(config.trustedKeys()), List.of(config.unsigned())),
                bytes("storeBytes", config.storeBytes(), LEAST_STORE),
                config.memoryBytes() == 0 ? 0 : bytes("memoryBytes", config.memoryBytes(), LEAST_STORE),
                standby(config.standbySeconds()));
    }

    /** What the build pins, {@code name:version} by digest; without the file nothing. */
    static Map<String, String> pins(Path file) {
        if (file == null || !Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return PackTrust.pins(file.toString(), Files.readAllLines(file));
        } catch (InvalidProofException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e, e);
        }
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

    private static Map<String, String> defaults(String[] entries) {
        Map<String, String> defaults = new TreeMap<>();
        for (String entry : String.join(",", entries).split(",")) {
            if (entry.isBlank()) {
                continue;
            }
            int colon = entry.indexOf(':');
            if (colon < 1 || colon == entry.length() - 1) {
                throw new InvalidConfigurationException(PID, "defaults", entry.strip(), "entries name:version");
            }
            defaults.put(
                    entry.substring(0, colon).strip(),
                    entry.substring(colon + 1).strip());
        }
        return defaults;
    }

    private static int standby(int seconds) {
        if (seconds < 0 || seconds > MOST_STANDBY) {
            throw new InvalidConfigurationException(PID, "standbySeconds", seconds, "0 to " + MOST_STANDBY);
        }
        return seconds;
    }

    private static long bytes(String key, long configured, long least) {
        if (configured < least || configured > MOST_STORE) {
            throw new InvalidConfigurationException(PID, key, configured, least + " to " + MOST_STORE);
        }
        return configured;
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
    void addListener(ModelListener listener) {
        listeners.add(listener);
    }

    void removeListener(ModelListener listener) {
        listeners.remove(listener);
    }

    private ModelLoader loader(String family) {
        for (ModelLoader loader : loaders) {
            if (loader.supports(family)) {
                return loader;
            }
        }
        return null;
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
        }

        @Override
        public void removed(ModelId model, Cause cause) {
            LOG.info("{} is not installed any more: {}", model, cause.reason());
            later(PackRegistry.this::clean);
            boolean asked = !cause.actor().equals(ModelTransition.SYSTEM);
            try {
                executor.schedule(
                        () -> {
                            if (!revisions.knows(model.digest())) {
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

    private void reconcileLater() {
        later(this::reconcile);
    }

    /** Brings every route to its recorded revision, or to its default where none was ever activated. */
    private void reconcile() {
        if (loaders.isEmpty()) {
            return;
        }
        Map<String, Activation> recorded = revisions.recorded();
        for (Activation activation : recorded.values()) {
            attempt(activation.route(), () -> {
                revisions.resume(activation);
                revisions.renew(activation);
            });
        }
        revisions.endStandbyWithoutLoader();
        List<ModelRevision> known = revisions.describe();
        settings.defaults().forEach((name, version) -> {
            boolean installed = known.stream()
                    .anyMatch(r -> r.id().name().equals(name)
                            && r.id().version().equals(version)
                            && r.state() != ModelState.FAILED);
            if (installed && !recorded.containsKey(name)) {
                attempt(
                        name,
                        () -> revisions.activateDefault(name, version, Cause.system("default of the configuration")));
            }
        });
    }

    private static void attempt(String route, Runnable task) {
        try {
            task.run();
        } catch (ModelUnavailableException e) {
            LOG.warn("Route {} is not served: {}", route, e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("Route {} is not served", route, e);
        }
    }

    @Override
    public ModelLease<TextEncoder> leaseEncoder(String route) {
        return revisions.lease(route);
    }

    @Override
    public ModelLease<TextEncoder> leaseEncoderByDigest(String digest) {
        return revisions.leaseByDigest(digest);
    }

    @Override
    public List<ModelRevision> revisions() {
        return revisions.describe();
    }

    @Override
    public List<String> routes() {
        return revisions.routes();
    }

    @Override
    public Activation active(String route) {
        return revisions.active(route);
    }

    @Override
    public List<Activation> history(String route) {
        return revisions.history(route);
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
    public ModelRevision install(Path folder, String name, String version, Caller actor, String reason) {
        return folders.install(folder, name, version, cause(actor, reason));
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
        return revisions.waitsFor(route);
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

    private final class Packs implements BundleTrackerCustomizer<Packs.Tracked> {

        /** @param revision or null for a pack that cannot be read */
        record Tracked(BundlePack pack, Revision revision) {}

        @Override
        public Tracked addingBundle(Bundle bundle, BundleEvent event) {
            List<BundleCapability> capabilities =
                    new ArrayList<>(bundle.adapt(BundleRevision.class).getDeclaredCapabilities(NAMESPACE));
            if (capabilities.isEmpty()) {
                return null;
            }
            BundlePack pack = new BundlePack(bundle);
            Map<String, Object> claims = capabilities.getFirst().getAttributes();
            try {
                ModelCard card = ModelCard.read(pack);
                Revision.checkClaims(
                        pack,
                        card,
                        claim(pack, claims, "name"),
                        claim(pack, claims, "version"),
                        claim(pack, claims, "family"));
                Revision revision =
                        revisions.install(pack, card, Cause.system("its " + pack.location() + " is present"));
                reconcileLater();
                later(PackRegistry.this::clean);
                return new Tracked(pack, revision);
            } catch (IOException e) {
                LOG.error("The pack is refused: {}", e.getMessage());
                revisions.unreadable(
                        pack.location(),
                        String.valueOf(claims.get("name")),
                        String.valueOf(claims.get("version")),
                        String.valueOf(claims.get("family")),
                        e.getMessage());
                return new Tracked(pack, null);
            }
        }

        private static String claim(BundlePack pack, Map<String, Object> claims, String name)
                throws ModelFormatException {
            Object value = claims.get(name);
            if (value == null) {
                throw new ModelFormatException(
                        pack.location() + ": the capability " + NAMESPACE + " has no attribute " + name);
            }
            return value.toString();
        }

        @Override
        public void modifiedBundle(Bundle bundle, BundleEvent event, Tracked tracked) {
            // Packs have no code: whether they are started makes no difference.
        }

        @Override
        public void removedBundle(Bundle bundle, BundleEvent event, Tracked tracked) {
            if (closing) {
                return;
            }
            revisions.readable(tracked.pack().location());
            if (tracked.revision() != null) {
                revisions.withdraw(
                        tracked.revision(),
                        tracked.pack(),
                        Cause.system("its " + tracked.pack().location() + " has gone"));
            }
        }
    }
}
