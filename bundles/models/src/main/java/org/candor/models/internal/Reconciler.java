package org.candor.models.internal;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings routes to what their record says, and those without a record to the configuration's defaults: after a start, and
 * whenever a pack or a loader has come. Thread safe, though only one thread at a time reconciles.
 */
final class Reconciler {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private final Revisions revisions;
    private final Loaders loaders;
    private final Supplier<Map<String, String>> defaults;

    /** @param defaults version by name, as the configuration has them now */
    Reconciler(Revisions revisions, Loaders loaders, Supplier<Map<String, String>> defaults) {
        this.revisions = revisions;
        this.loaders = loaders;
        this.defaults = defaults;
    }

    /** Routes that serve, and those that will or should: with an activation on record, or a default that is installed. Sorted. */
    List<String> routes() {
        Set<String> names = new TreeSet<>(revisions.routes().names());
        names.addAll(revisions.routes().recorded().keySet());
        defaults.get().forEach((name, version) -> {
            if (!names.contains(name) && isInstalled(name, version)) {
                names.add(name);
            }
        });
        return List.copyOf(names);
    }

    void reconcile() {
        if (loaders.isEmpty()) {
            return;
        }
        Map<String, Activation> recorded = revisions.routes().recorded();
        for (Activation activation : revisions.bases().adaptersLast(recorded.values())) {
            if (waits(activation.route(), activation.model().digest())) {
                continue;
            }
            attempt(activation.route(), () -> {
                revisions.resume(activation);
                revisions.renew(activation);
            });
        }
        revisions.endStandbyWithoutLoader();
        defaults.get().forEach((name, version) -> {
            if (!recorded.containsKey(name) && isLoadable(name, version)) {
                attempt(
                        name,
                        () -> revisions.activateDefault(name, version, Cause.system("default of the configuration")));
            }
        });
    }

    private boolean isInstalled(String name, String version) {
        return candidates(name, version).findAny().isPresent();
    }

    private boolean isLoadable(String name, String version) {
        return candidates(name, version)
                .anyMatch(revision -> !waits(name, revision.id().digest()));
    }

    private Stream<ModelRevision> candidates(String name, String version) {
        return revisions.installed().describe().stream()
                .filter(revision -> revision.id().name().equals(name)
                        && revision.id().version().equals(version)
                        && revision.state() != ModelState.FAILED);
    }

    /** Loaders come one after the other when the platform starts, which is no failure: each new one brings this up again. */
    private boolean waits(String route, String digest) {
        boolean waits = revisions.waitsForLoader(digest);
        if (waits) {
            LOG.info("Route {} waits for the loader of its model", route);
        }
        return waits;
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
}
