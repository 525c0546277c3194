package org.candor.models.internal;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;

/**
 * The known revisions and the routes that lead to them. Everything that changes routes holds the monitor; leasing reads
 * one immutable map and never waits for a load.
 */
final class Revisions implements AutoCloseable {

    private final ContentStore store;
    private final ActivationLog log;
    private final Function<String, ModelLoader> loaders;
    private final Consumer<Activation> activated;
    /** By digest, in order of installation. */
    private final Map<String, Revision> revisions = new LinkedHashMap<>();

    private volatile Map<String, Revision> routes = Map.of();

    /**
     * @param loaders gives the loader of a family, or null
     * @param activated told after each flip
     */
    Revisions(
            ContentStore store,
            ActivationLog log,
            Function<String, ModelLoader> loaders,
            Consumer<Activation> activated) {
        this.store = store;
        this.log = log;
        this.loaders = loaders;
        this.activated = activated;
    }

    /** Takes a revision in; it is not loaded. One with a known name and version but other content is refused. */
    void install(Revision revision) {
        synchronized (revisions) {
            if (revisions.containsKey(revision.id().digest())) {
                return;
            }
            for (Revision known : revisions.values()) {
                if (known.id().name().equals(revision.id().name())
                        && known.id().version().equals(revision.id().version())) {
                    revision.fail("the same name and version with other content is installed already, with digest "
                            + known.id().digest() + ": give it another version");
                    break;
                }
            }
            revisions.put(revision.id().digest(), revision);
        }
    }

    /** Forgets a revision whose pack has gone. One that a route leads to keeps serving until it is replaced. */
    void remove(Revision revision) {
        synchronized (revisions) {
            if (routes.containsValue(revision)) {
                return;
            }
            revisions.remove(revision.id().digest(), revision);
        }
        revision.retire();
    }

    List<ModelRevision> describe() {
        List<Revision> all;
        synchronized (revisions) {
            all = List.copyOf(revisions.values());
        }
        return all.stream()
                .map(Revision::describe)
                .sorted(Comparator.comparing((ModelRevision r) -> r.id().name())
                        .thenComparing(r -> r.id().version())
                        .thenComparing(r -> r.id().digest()))
                .toList();
    }

    List<String> routes() {
        return routes.keySet().stream().sorted().toList();
    }

    synchronized Activation active(String route) {
        List<Activation> history = history(route);
        return history.isEmpty() ? null : history.getLast();
    }

    synchronized List<Activation> history(String route) {
        return log.entries().stream().filter(a -> a.route().equals(route)).toList();
    }

    /** Routes that have a record. */
    synchronized Map<String, Activation> recorded() {
        Map<String, Activation> latest = new TreeMap<>();
        log.entries().forEach(a -> latest.put(a.route(), a));
        return latest;
    }

    ModelLease<TextEncoder> lease(String route) {
        while (true) {
            Revision revision = routes.get(route);
            if (revision == null) {
                throw new ModelUnavailableException(whyNot(route));
            }
            ModelLease<TextEncoder> lease = revision.lease();
            if (lease != null) {
                return lease;
            }
            // Retired and closed between the two reads: the route leads elsewhere now.
            if (routes.get(route) == revision) {
                throw new ModelUnavailableException("model \"" + route + "\" is shutting down");
            }
        }
    }

    private String whyNot(String route) {
        List<ModelRevision> known =
                describe().stream().filter(r -> r.id().name().equals(route)).toList();
        if (known.isEmpty()) {
            return "no model \"" + route + "\" is installed";
        }
        StringBuilder why = new StringBuilder("model \"" + route + "\" is not active:");
        for (ModelRevision revision : known) {
            why.append(' ').append(revision.id().version()).append(" is ");
            why.append(
                    revision.state() == ModelState.FAILED
                            ? "refused (" + revision.reason() + ")"
                            : revision.state().name().toLowerCase(java.util.Locale.ROOT));
            why.append(';');
        }
        return why.substring(0, why.length() - 1);
    }

    ModelLease<TextEncoder> leaseByDigest(String digest) {
        Revision revision;
        synchronized (revisions) {
            revision = revisions.get(digest);
        }
        if (revision == null) {
            throw new ModelUnavailableException("no model with digest " + digest + " is installed");
        }
        return loaded(revision);
    }

    /** Loads where needed and pins the revision, so that nothing closes it before it is active. */
    private ModelLease<TextEncoder> loaded(Revision revision) {
        if (revision.describe().state() == ModelState.FAILED
                && revision.describe().reason().startsWith("the same name and version")) {
            throw new ModelUnavailableException(
                    revision.id() + " is refused: " + revision.describe().reason());
        }
        while (true) {
            ModelLoader loader = loaders.apply(revision.card().family());
            if (loader == null) {
                throw new ModelUnavailableException(
                        revision.id().name() + " " + revision.id().version() + " waits for a loader of family "
                                + revision.card().family());
            }
            revision.load(loader);
            ModelLease<TextEncoder> lease = revision.lease();
            if (lease != null) {
                return lease;
            }
        }
    }

    /** Loads, records, flips. */
    synchronized Activation activate(String name, String version, String actor, String reason) {
        Revision revision = find(name, version);
        try (ModelLease<TextEncoder> pin = loaded(revision)) {
            Activation activation =
                    new Activation(name, pin.id(), actor, reason, Instant.now().truncatedTo(ChronoUnit.MILLIS));
            try {
                log.append(activation);
            } catch (IOException e) {
                throw new ModelUnavailableException("the activation of " + name + " " + version
                        + " could not be recorded, so nothing was changed: " + e.getMessage());
            }
            flip(name, revision);
            activated.accept(activation);
            return activation;
        }
    }

    /** Loads what the route's record says, after a start. */
    synchronized void resume(Activation recorded) {
        Revision revision;
        synchronized (revisions) {
            revision = revisions.get(recorded.model().digest());
        }
        if (revision == null || routes.get(recorded.route()) == revision) {
            return;
        }
        try (ModelLease<TextEncoder> pin = loaded(revision)) {
            flip(recorded.route(), revision);
            activated.accept(recorded);
        }
    }

    private void flip(String route, Revision revision) {
        Revision before = routes.get(route);
        revision.activate();
        Map<String, Revision> next = new TreeMap<>(routes);
        next.put(route, revision);
        routes = Map.copyOf(next);
        if (before != null && before != revision) {
            before.retire();
        }
    }

    synchronized Activation rollBack(String route, String actor, String reason) {
        List<Activation> history = new ArrayList<>(history(route));
        if (history.isEmpty()) {
            throw new ModelUnavailableException("no model was ever active on route \"" + route + "\"");
        }
        ModelId present = history.getLast().model();
        for (Activation earlier : history.reversed()) {
            if (!earlier.model().digest().equals(present.digest())) {
                return activate(earlier.model().name(), earlier.model().version(), actor, reason);
            }
        }
        throw new ModelUnavailableException("route \"" + route + "\" never led to another revision than " + present);
    }

    private Revision find(String name, String version) {
        List<String> versions = new ArrayList<>();
        synchronized (revisions) {
            for (Revision revision : revisions.values()) {
                if (revision.id().name().equals(name)) {
                    if (revision.id().version().equals(version)) {
                        return revision;
                    }
                    versions.add(revision.id().version());
                }
            }
        }
        throw new ModelUnavailableException(
                versions.isEmpty()
                        ? "no model \"" + name + "\" is installed"
                        : "model \"" + name + "\" has no version " + version + ", installed are " + versions);
    }

    /** Deletes stored files that no known revision refers to. */
    void clean() throws IOException {
        Set<String> kept = new HashSet<>();
        synchronized (revisions) {
            revisions.values().forEach(r -> r.card().files().values().forEach(f -> kept.add(f.sha256())));
        }
        store.keep(kept);
    }

    @Override
    public synchronized void close() throws IOException {
        routes = Map.of();
        synchronized (revisions) {
            revisions.values().forEach(Revision::shutDown);
            revisions.clear();
        }
        log.close();
    }
}
