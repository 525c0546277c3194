package org.candor.models.internal;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.StoreUsage;
import org.candor.api.model.TextEncoder;
import org.candor.proof.PackTrust;

/**
 * The known revisions and the routes that lead to them. Activations and removals happen one at a time, under one lock;
 * leasing and looking read what is there and never wait for a load.
 */
final class Revisions implements AutoCloseable {

    private static final int NAMED_IN_MESSAGES = 5;

    /** Told of what happens; quick. */
    interface Events {
        /** After each flip, before the activation returns. */
        void activated(Activation activation);

        /** After a revision was forgotten. */
        void removed(ModelId model, Cause cause);

        /** In order for each revision, with its monitor held. */
        void step(ModelTransition transition);
    }

    private final ContentStore store;
    private final ActivationLog log;
    private final Cards cards;
    private final MemoryBudget memory;
    private final Function<String, ModelLoader> loaders;
    private final Events events;
    private final Surroundings surroundings;
    /** Held while routes are changed, loads included. */
    private final ReentrantLock changing = new ReentrantLock();
    /** By digest, in order of installation; its own monitor guards it and each change of the routes. */
    private final Map<String, Revision> revisions = new LinkedHashMap<>();
    /** Packs that cannot even be read, by location; guarded likewise. */
    private final Map<String, ModelRevision> unreadable = new LinkedHashMap<>();

    private volatile Map<String, Revision> routes = Map.of();

    /**
     * Revisions that a route led to last are known from the start: the store may hold them even when their packs have gone.
     *
     * @param cards of revisions that a route leads to
     * @param trust the rules of this moment
     * @param memoryBytes most bytes of loaded models, 0 for half of the machine's memory
     * @param loaders gives the loader of a family, or null
     * @param standby how long a revision that was active stays loaded
     */
    Revisions(
            ContentStore store,
            ActivationLog log,
            Cards cards,
            Supplier<PackTrust> trust,
            long memoryBytes,
            Function<String, ModelLoader> loaders,
            Surroundings.Standby standby,
            Events events) {
        this.store = store;
        this.log = log;
        this.cards = cards;
        this.memory = new MemoryBudget(memoryBytes, this::memoryBytes, () -> endStandby("memory was needed"));
        this.loaders = loaders;
        this.events = events;
        this.surroundings = new Surroundings(store, this::content, trust, memory, standby, events::step);
        for (Activation activation : recorded().values()) {
            ModelCard card = cards.find(activation.model().digest());
            if (card != null) {
                Revision revision = new Revision(null, card, surroundings);
                revisions.put(card.id().digest(), revision);
                revision.installed(null, Cause.system("the store holds it since " + activation.time()));
            }
        }
    }

    MemoryBudget memory() {
        return memory;
    }

    private long memoryBytes() {
        List<Revision> known;
        synchronized (revisions) {
            known = List.copyOf(revisions.values());
        }
        return known.stream().mapToLong(Revision::memoryBytes).sum();
    }

    /** Unloads what is only kept for a way back. */
    void endStandby(String why) {
        List<Revision> known;
        synchronized (revisions) {
            known = List.copyOf(revisions.values());
        }
        known.forEach(revision -> revision.leaveStandby(why));
    }

    /** The rules of trust have changed. What serves goes on serving. */
    void assess() {
        synchronized (revisions) {
            List<Revision> known = new ArrayList<>(revisions.values());
            // what is admitted first: where it no longer is, another content of its version may be
            known.sort(Comparator.comparing(revision -> revision.refusal() != null));
            for (Revision revision : known) {
                revision.assess(rival(revision), Cause.system("the rules of trust have changed"));
            }
        }
    }

    /** Why a revision must not be used besides another one, which is admitted or serves; null where there is none. */
    private String rival(Revision revision) {
        for (Revision other : revisions.values()) {
            if (other != revision
                    && sameVersion(other, revision)
                    && (other.refusal() == null || routes.containsValue(other))) {
                return "the same name and version with other content is installed already, with digest "
                        + other.id().digest() + ": give it another version";
            }
        }
        return null;
    }

    /**
     * Takes a revision in; it is not loaded. One with a known name and version but other content is refused.
     *
     * @return the revision, which is an older one where the same content is known already
     */
    Revision install(ModelPack pack, ModelCard card, Cause cause) {
        synchronized (revisions) {
            Revision known = revisions.get(card.id().digest());
            if (known != null) {
                known.addPack(pack);
                known.assess(rival(known), cause);
                return known;
            }
            Revision revision = new Revision(pack, card, surroundings);
            revisions.put(card.id().digest(), revision);
            revision.installed(rival(revision), cause);
            return revision;
        }
    }

    private static boolean sameVersion(Revision one, Revision other) {
        return one.id().name().equals(other.id().name())
                && one.id().version().equals(other.id().version());
    }

    /** Remembers a pack that cannot be read, to say why. */
    void unreadable(String location, String name, String version, String family, String why) {
        synchronized (revisions) {
            unreadable.put(
                    location,
                    new ModelRevision(
                            new ModelId(name, version, ""),
                            family,
                            Set.of(),
                            ModelState.FAILED,
                            why,
                            0,
                            Map.of(),
                            location,
                            "",
                            0,
                            0,
                            null,
                            List.of()));
        }
    }

    void readable(String location) {
        synchronized (revisions) {
            unreadable.remove(location);
        }
    }

    /**
     * A pack has gone. Its revision is forgotten, unless another pack has the same content. One that a route leads to keeps
     * serving until it is replaced.
     */
    void withdraw(Revision revision, ModelPack pack, Cause cause) {
        if (revision.removePack(pack)) {
            forget(revision, cause);
        }
    }

    private void forget(Revision revision, Cause cause) {
        synchronized (revisions) {
            if (routes.containsValue(revision)
                    || !revisions.remove(revision.id().digest(), revision)) {
                return;
            }
            for (Revision other : revisions.values()) {
                if (sameVersion(other, revision)) {
                    other.assess(rival(other), Cause.system("the other content of this name and version was removed"));
                }
            }
        }
        revision.dismiss(cause);
        revision.removed(cause);
        events.removed(revision.id(), cause);
    }

    /**
     * Forgets a revision, with its packs.
     *
     * @throws ModelRefusedException when a route leads to it, or a pack cannot be taken away
     */
    ModelId remove(String name, String version, Cause cause) {
        changing.lock();
        try {
            Revision revision = find(name, version);
            if (routes.containsValue(revision)) {
                throw new ModelRefusedException("\"" + name + "\" leads to " + name + " " + version
                        + ": activate another revision first, then remove this one");
            }
            List<ModelPack> packs = revision.packs();
            for (ModelPack pack : packs) {
                revision.removePack(pack);
            }
            forget(revision, cause);
            for (ModelPack pack : packs) {
                try {
                    pack.discard();
                } catch (IOException e) {
                    throw new ModelRefusedException(name + " " + version
                            + " is out of use, but its pack is still there and comes back with the next start: "
                            + e.getMessage());
                }
            }
            return revision.id();
        } finally {
            changing.unlock();
        }
    }

    List<ModelRevision> describe() {
        List<ModelRevision> all = new ArrayList<>();
        List<Revision> known;
        synchronized (revisions) {
            known = List.copyOf(revisions.values());
            all.addAll(unreadable.values());
        }
        known.forEach(revision -> all.add(revision.describe()));
        all.sort(Comparator.comparing((ModelRevision r) -> r.id().name())
                .thenComparing(r -> r.id().version())
                .thenComparing(r -> r.id().digest()));
        return all;
    }

    List<String> routes() {
        return routes.keySet().stream().sorted().toList();
    }

    Activation active(String route) {
        List<Activation> history = history(route);
        return history.isEmpty() ? null : history.getLast();
    }

    List<Activation> history(String route) {
        return log.entries().stream().filter(a -> a.route().equals(route)).toList();
    }

    /** The latest activation of each route that has one. */
    Map<String, Activation> recorded() {
        Map<String, Activation> latest = new TreeMap<>();
        log.entries().forEach(a -> latest.put(a.route(), a));
        return latest;
    }

    ModelLease<TextEncoder> lease(String route) {
        while (true) {
            Revision revision = routes.get(route);
            if (revision == null) {
                throw new ModelUnavailableException(waitsFor(route));
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

    /** Why a route does not serve; empty when it does. */
    String waitsFor(String route) {
        if (routes.containsKey(route)) {
            return "";
        }
        List<ModelRevision> known =
                describe().stream().filter(r -> r.id().name().equals(route)).toList();
        Activation recorded = active(route);
        StringBuilder why = new StringBuilder();
        if (recorded != null && known.stream().noneMatch(r -> r.id().equals(recorded.model()))) {
            why.append("model \"" + route + "\" is not active: ")
                    .append(recorded.model())
                    .append(", which was activated last, is not installed;");
        } else if (known.isEmpty()) {
            return "no model \"" + route + "\" is installed";
        } else {
            why.append("model \"" + route + "\" is not active:");
        }
        for (ModelRevision revision : known) {
            why.append(' ').append(revision.id().version()).append(" is ");
            why.append(
                    revision.state() == ModelState.FAILED
                            ? "refused (" + revision.reason() + ")"
                            : revision.state().name().toLowerCase(Locale.ROOT));
            why.append(';');
        }
        return why.substring(0, why.length() - 1);
    }

    ModelLease<TextEncoder> leaseByDigest(String digest) {
        Revision revision = byDigest(digest);
        if (revision == null) {
            throw new ModelUnavailableException("no model with digest " + digest + " is installed");
        }
        return loaded(revision, Cause.system("its vectors are in use"));
    }

    private Revision byDigest(String digest) {
        synchronized (revisions) {
            return revisions.get(digest);
        }
    }

    /** Loads where needed and pins the revision, so that nothing closes it before it is active. */
    private ModelLease<TextEncoder> loaded(Revision revision, Cause cause) {
        ModelId id = revision.id();
        while (true) {
            ModelLoader loader = loaders.apply(revision.card().family());
            if (loader == null) {
                throw new ModelUnavailableException(id.name() + " " + id.version() + " waits for a loader of family "
                        + revision.card().family());
            }
            revision.load(loader, cause);
            ModelLease<TextEncoder> lease = revision.lease();
            if (lease != null) {
                return lease;
            }
        }
    }

    /** Verifies, loads and tests a revision, and lets it go again. */
    ModelRevision verify(String name, String version, Cause cause) {
        return verify(find(name, version), cause);
    }

    /** As {@link #verify(String, String, Cause)}, for a revision that was just installed. */
    ModelRevision verify(ModelId id, Cause cause) {
        return verify(byDigest(id.digest()), cause);
    }

    boolean knows(String digest) {
        return byDigest(digest) != null;
    }

    /** What is known of a revision that is installed. */
    ModelRevision describe(String digest) {
        return byDigest(digest).describe();
    }

    private ModelRevision verify(Revision revision, Cause cause) {
        try {
            loaded(revision, cause).close();
        } catch (ModelRefusedException e) {
            ModelRevision described = revision.describe();
            if (described.state() != ModelState.FAILED) {
                throw e;
            }
            return described;
        }
        return revision.describe();
    }

    /** Loads, records, flips. */
    Activation activate(String name, String version, Cause cause) {
        changing.lock();
        try {
            return activate(find(name, version), cause);
        } finally {
            changing.unlock();
        }
    }

    private Activation activate(Revision revision, Cause cause) {
        String route = revision.id().name();
        try (ModelLease<TextEncoder> pin = loaded(revision, cause)) {
            Activation activation = new Activation(
                    route,
                    pin.id(),
                    cause.actor(),
                    cause.reason(),
                    Instant.now().truncatedTo(ChronoUnit.MILLIS));
            try {
                cards.keep(revision.card());
                log.append(activation);
            } catch (IOException e) {
                throw new ModelUnavailableException("the activation of " + pin.id()
                        + " could not be recorded, so nothing was changed: " + e.getMessage());
            }
            flip(route, revision, cause);
            events.activated(activation);
            return activation;
        }
    }

    /** Activates a route's default, unless something was ever activated on it. */
    void activateDefault(String name, String version, Cause cause) {
        changing.lock();
        try {
            if (active(name) == null) {
                activate(find(name, version), cause);
            }
        } finally {
            changing.unlock();
        }
    }

    /** Loads what the route's record says, after a start; nothing when the record was overtaken by a newer one. */
    void resume(Activation recorded) {
        changing.lock();
        try {
            if (!recorded.equals(active(recorded.route()))) {
                return;
            }
            Revision revision = byDigest(recorded.model().digest());
            if (revision == null || routes.get(recorded.route()) == revision) {
                return;
            }
            Cause cause = Cause.system("as recorded on " + recorded.time());
            try (ModelLease<TextEncoder> pin = loaded(revision, cause)) {
                flip(recorded.route(), revision, cause);
                events.activated(recorded);
            }
        } finally {
            changing.unlock();
        }
    }

    /**
     * Loads what a route leads to anew where the loader of its encoder has gone: such an encoder computes with what the
     * loader left behind. It serves until the new one does.
     */
    void renew(Activation recorded) {
        changing.lock();
        try {
            Revision revision = routes.get(recorded.route());
            if (revision == null || !recorded.equals(active(recorded.route())) || !outlivedItsLoader(revision)) {
                return;
            }
            loaded(revision, Cause.system("its loader was made anew")).close();
            events.activated(recorded);
        } finally {
            changing.unlock();
        }
    }

    /** Unloads what only stands by, and was made by a loader that has gone. */
    void endStandbyWithoutLoader() {
        List<Revision> known;
        synchronized (revisions) {
            known = List.copyOf(revisions.values());
        }
        known.stream().filter(this::outlivedItsLoader).forEach(each -> each.leaveStandby("its loader has gone"));
    }

    private boolean outlivedItsLoader(Revision revision) {
        ModelLoader loader = loaders.apply(revision.card().family());
        return loader != null && revision.loadedByAnother(loader);
    }

    private void flip(String route, Revision revision, Cause cause) {
        Revision before;
        synchronized (revisions) {
            // its pack may have gone while it was loaded: it serves all the same, until it is replaced
            revisions.putIfAbsent(revision.id().digest(), revision);
            before = routes.get(route);
            revision.activate(cause);
            Map<String, Revision> next = new HashMap<>(routes);
            next.put(route, revision);
            routes = Map.copyOf(next);
        }
        if (before != null && before != revision) {
            Cause replaced = cause.because("replaced by " + revision.id().version() + ": " + cause.reason());
            before.retire(replaced);
            if (before.packs().isEmpty()) {
                forget(before, replaced);
            }
        }
    }

    Activation rollBack(String route, Cause cause) {
        changing.lock();
        try {
            List<Activation> history = history(route);
            if (history.isEmpty()) {
                throw new ModelUnavailableException("no model was ever active on route \"" + route + "\"");
            }
            ModelId present = history.getLast().model();
            for (Activation earlier : history.reversed()) {
                if (!earlier.model().digest().equals(present.digest())) {
                    Revision revision = byDigest(earlier.model().digest());
                    if (revision == null) {
                        throw new ModelRefusedException("route \"" + route + "\" led to " + earlier.model()
                                + " before, which is not installed");
                    }
                    return activate(revision, cause);
                }
            }
            throw new ModelUnavailableException(
                    "route \"" + route + "\" never led to another revision than " + present);
        } finally {
            changing.unlock();
        }
    }

    /** Of several revisions of one version the one that was not refused for being a second one. */
    private Revision find(String name, String version) {
        List<String> versions = new ArrayList<>();
        synchronized (revisions) {
            Revision found = null;
            for (Revision revision : revisions.values()) {
                if (!revision.id().name().equals(name)) {
                    continue;
                }
                versions.add(revision.id().version());
                if (revision.id().version().equals(version) && (found == null || found.refusal() != null)) {
                    found = revision;
                }
            }
            if (found != null) {
                return found;
            }
            for (ModelRevision broken : unreadable.values()) {
                if (broken.id().name().equals(name) && broken.id().version().equals(version)) {
                    throw new ModelRefusedException(name + " " + version + " is refused: " + broken.reason());
                }
            }
        }
        throw new ModelUnavailableException(
                versions.isEmpty()
                        ? "no model \"" + name + "\" is installed"
                        : "model \"" + name + "\" has no version " + version + ", installed are " + versions);
    }

    /** Deletes stored files that no known revision refers to. */
    long clean() throws IOException {
        changing.lock();
        try {
            Set<String> routed = new HashSet<>();
            recorded()
                    .values()
                    .forEach(activation -> routed.add(activation.model().digest()));
            cards.retain(routed);
        } finally {
            changing.unlock();
        }
        return store.keep(() -> {
            Set<String> kept = new HashSet<>();
            synchronized (revisions) {
                revisions.values().forEach(r -> r.card().files().values().forEach(f -> kept.add(f.sha256())));
            }
            return kept;
        });
    }

    /** What fills the store. */
    StoreUsage usage() throws IOException {
        Map<String, Long> sizes = store.sizes();
        List<Revision> known;
        synchronized (revisions) {
            known = List.copyOf(revisions.values());
        }
        Map<String, Integer> users = new HashMap<>();
        for (Revision revision : known) {
            digests(revision).forEach(digest -> users.merge(digest, 1, Integer::sum));
        }
        List<StoreUsage.Entry> entries = new ArrayList<>();
        for (Revision revision : known) {
            long bytes = 0;
            long shared = 0;
            for (String digest : digests(revision)) {
                long size = sizes.getOrDefault(digest, 0L);
                bytes += size;
                shared += users.get(digest) > 1 ? size : 0;
            }
            if (bytes > 0) {
                entries.add(new StoreUsage.Entry(revision.id(), bytes, shared));
            }
        }
        entries.sort(Comparator.comparing(StoreUsage.Entry::bytes).reversed());
        long used = sizes.values().stream().mapToLong(Long::longValue).sum();
        return new StoreUsage(used, store.limit(), store.free(), entries);
    }

    private static Set<String> digests(Revision revision) {
        Set<String> digests = new HashSet<>();
        revision.card().files().values().forEach(file -> digests.add(file.sha256()));
        return digests;
    }

    /** The store's content in half a line. */
    private String content() {
        try {
            List<StoreUsage.Entry> entries = usage().entries();
            if (entries.isEmpty()) {
                return "nothing";
            }
            StringBuilder line = new StringBuilder();
            for (StoreUsage.Entry entry : entries.subList(0, Math.min(NAMED_IN_MESSAGES, entries.size()))) {
                line.append(line.isEmpty() ? "" : ", ")
                        .append(entry.model().name())
                        .append(' ')
                        .append(entry.model().version())
                        .append(" (")
                        .append(Sizes.of(entry.bytes()))
                        .append(')');
            }
            int more = entries.size() - NAMED_IN_MESSAGES;
            return more > 0 ? line + " and " + more + " more" : line.toString();
        } catch (IOException e) {
            return "what cannot be read (" + e.getMessage() + ")";
        }
    }

    @Override
    public void close() throws IOException {
        changing.lock();
        try {
            synchronized (revisions) {
                routes = Map.of();
                revisions.values().forEach(Revision::shutDown);
                revisions.clear();
            }
            log.close();
        } finally {
            changing.unlock();
        }
    }
}
