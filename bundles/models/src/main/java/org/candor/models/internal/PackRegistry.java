package org.candor.models.internal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelListener;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
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
@Component(service = ModelRegistry.class, configurationPid = "org.candor.models")
@Designate(ocd = PackRegistry.Config.class)
public final class PackRegistry implements ModelRegistry {

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
    }

    private final Map<String, String> defaults;
    private final Revisions revisions;
    private final ContentStore store;
    private final ExecutorService executor;
    private final BundleTracker<Revision> tracker;
    private final List<ModelLoader> loaders = new CopyOnWriteArrayList<>();
    private final List<ModelListener> listeners = new CopyOnWriteArrayList<>();

    @Activate
    public PackRegistry(BundleContext context, Config config) throws IOException {
        defaults = defaults(config.defaults());
        Path directory = directory(context, config.directory());
        store = new ContentStore(directory.resolve("store"));
        revisions = new Revisions(
                store, new ActivationLog(directory.resolve("activations.jsonl")), this::loader, this::announce);
        executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("candor-models").daemon().factory());
        tracker = new BundleTracker<>(
                context, Bundle.RESOLVED | Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING, new Packs());
        tracker.open();
    }

    private static Map<String, String> defaults(String[] entries) {
        Map<String, String> defaults = new TreeMap<>();
        for (String entry : entries) {
            int colon = entry.indexOf(':');
            if (colon < 1 || colon == entry.length() - 1) {
                throw new IllegalArgumentException(
                        "org.candor.models: defaults has \"" + entry + "\", name:version is needed");
            }
            defaults.put(
                    entry.substring(0, colon).strip(),
                    entry.substring(colon + 1).strip());
        }
        return defaults;
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
        tracker.close();
        executor.shutdownNow();
        executor.awaitTermination(30, TimeUnit.SECONDS);
        revisions.close();
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

    private void announce(Activation activation) {
        LOG.info(
                "{} now leads to {}, activated by {}: {}",
                activation.route(),
                activation.model(),
                activation.actor(),
                activation.reason());
        for (ModelListener listener : listeners) {
            try {
                listener.activated(activation);
            } catch (RuntimeException e) {
                LOG.error("A listener failed on the activation of {}", activation.model(), e);
            }
        }
    }

    private void later(Runnable task) {
        try {
            executor.execute(task);
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
            attempt(activation.route(), () -> revisions.resume(activation));
        }
        List<ModelRevision> known = revisions.describe();
        defaults.forEach((name, version) -> {
            boolean installed = known.stream()
                    .anyMatch(r -> r.id().name().equals(name)
                            && r.id().version().equals(version)
                            && r.state() != org.candor.api.model.ModelState.FAILED);
            if (installed && !recorded.containsKey(name)) {
                attempt(name, () -> revisions.activate(name, version, "system", "default of the configuration"));
            }
        });
    }

    private static void attempt(String route, Runnable task) {
        try {
            task.run();
        } catch (ModelUnavailableException e) {
            LOG.warn("Route {} is not served: {}", route, e.getMessage());
        } catch (RuntimeException e) {
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
    public Activation activate(String name, String version, String actor, String reason) {
        checkAudited(actor, reason);
        return revisions.activate(name, version, actor, reason);
    }

    @Override
    public Activation rollBack(String route, String actor, String reason) {
        checkAudited(actor, reason);
        return revisions.rollBack(route, actor, reason);
    }

    private static void checkAudited(String actor, String reason) {
        if (actor == null || actor.isBlank() || reason == null || reason.isBlank()) {
            throw new IllegalArgumentException("an activation needs an actor and a reason");
        }
    }

    private final class Packs implements BundleTrackerCustomizer<Revision> {

        @Override
        public Revision addingBundle(Bundle bundle, BundleEvent event) {
            List<BundleCapability> capabilities =
                    new ArrayList<>(bundle.adapt(BundleRevision.class).getDeclaredCapabilities(NAMESPACE));
            if (capabilities.isEmpty()) {
                return null;
            }
            try {
                Revision revision = read(bundle, capabilities.getFirst());
                revisions.install(revision);
                reconcileLater();
                later(Packs.this::clean);
                return revision;
            } catch (IOException e) {
                LOG.error("The pack is refused: {}", e.getMessage());
                return null;
            }
        }

        private Revision read(Bundle bundle, BundleCapability capability) throws IOException {
            BundlePack pack = new BundlePack(bundle);
            byte[] json;
            try (InputStream in = pack.open("card.json")) {
                json = in.readNBytes(ModelCard.MAX_BYTES + 1);
            }
            if (json.length > ModelCard.MAX_BYTES) {
                throw new ModelFormatException(
                        pack.location() + ": card.json is larger than " + ModelCard.MAX_BYTES + " bytes");
            }
            Revision revision = new Revision(pack, ModelCard.read(pack.location(), json), store);
            revision.checkClaims(
                    attribute(pack, capability, "name"),
                    attribute(pack, capability, "version"),
                    attribute(pack, capability, "family"));
            return revision;
        }

        private static String attribute(BundlePack pack, BundleCapability capability, String name)
                throws FileNotFoundException, ModelFormatException {
            Object value = capability.getAttributes().get(name);
            if (value == null) {
                throw new ModelFormatException(
                        pack.location() + ": the capability " + NAMESPACE + " has no attribute " + name);
            }
            return value.toString();
        }

        private void clean() {
            try {
                revisions.clean();
            } catch (IOException e) {
                LOG.warn("The weight store could not be cleaned: {}", e.getMessage());
            }
        }

        @Override
        public void modifiedBundle(Bundle bundle, BundleEvent event, Revision revision) {
            // Packs have no code: whether they are started makes no difference.
        }

        @Override
        public void removedBundle(Bundle bundle, BundleEvent event, Revision revision) {
            revisions.remove(revision);
            later(this::clean);
        }
    }
}
