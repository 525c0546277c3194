package org.candor.models.internal;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.StoreUsage;
import org.candor.proof.PackTrust;

/**
 * The known revisions and the routes that lead to them. Activations and removals happen one at a time, under one lock;
 * leasing and looking read what is there and never wait for a load.
 */
final class Revisions implements AutoCloseable {

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
    private final Cards cards;
    private final MemoryBudget memory;
    private final Events events;
    private final Surroundings surroundings;
    private final Installed installed;
    private final Routes routes;
    private final Bases bases;
    /** Held while routes are changed, loads included. */
    private final ReentrantLock changing = new ReentrantLock();

    /**
     * Revisions that a route led to last are known from the start: the store may hold them even when their packs have gone.
     *
     * @param cards of revisions that a route leads to
     * @param trust the rules of this moment
     * @param memoryBytes most bytes of loaded models, 0 for half of the machine's memory
     * @param loaders who makes models
     * @param standby how long a revision that was active stays loaded
     */
    Revisions(
            ContentStore store,
            ActivationLog log,
            Cards cards,
            Supplier<PackTrust> trust,
            long memoryBytes,
            Loaders loaders,
            Surroundings.Standby standby,
            Events events) {
        this.installed = new Installed(this::serves, this::waitsFor);
        this.routes = new Routes(log, installed::describe);
        this.bases = new Bases(installed, routes, loaders);
        this.store = store;
        this.cards = cards;
        this.memory = new MemoryBudget(memoryBytes, this::memoryBytes, () -> endStandby("memory was needed"));
        this.events = events;
        this.surroundings = new Surroundings(store, this::content, trust, memory, standby, events::step);
        for (Activation activation : routes.recorded().values()) {
            ModelCard card = cards.find(activation.model().digest());
            if (card != null) {
                know(card, activation);
                ModelId base = Bases.of(card);
                ModelCard ofBase = base == null ? null : cards.find(base.digest());
                if (ofBase != null) {
                    know(ofBase, activation);
                }
            }
        }
    }

    private void know(ModelCard card, Activation activation) {
        if (installed.get(card.id().digest()) == null) {
            Revision revision = new Revision(null, card, surroundings);
            installed.keep(revision);
            revision.installed(null, Cause.system("the store holds it since " + activation.time()));
        }
    }

    MemoryBudget memory() {
        return memory;
    }

    /** To look at; routes are changed here. */
    Routes routes() {
        return routes;
    }

    /** To look at, and for packs that cannot be read; revisions come and go here. */
    Installed installed() {
        return installed;
    }

    /** To look at; adapters are loaded here. */
    Bases bases() {
        return bases;
    }

    private boolean serves(Revision revision) {
        return routes.leadTo(revision) || bases.needed(revision);
    }

    private String waitsFor(Revision revision) {
        return bases.waitsFor(revision.card());
    }

    /** Takes a revision in; it is not loaded. One with a known name and version but other content is refused. */
    Revision install(ModelPack pack, ModelCard card, Cause cause) {
        return installed.install(pack, card, surroundings, cause);
    }

    private long memoryBytes() {
        return installed.all().stream().mapToLong(Revision::memoryBytes).sum();
    }

    /** Unloads what is only kept for a way back. */
    void endStandby(String why) {
        // adapters let their bases go, which may then stand by themselves
        bases.adaptersFirst().forEach(revision -> revision.leaveStandby(why));
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
        if (!installed.forget(revision)) {
            return;
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
            Revision revision = installed.find(name, version);
            bases.requireUnneeded(revision);
            if (routes.leadTo(revision)) {
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

    /** Leases a certain revision, loaded and tested where it is not. */
    <T> ModelLease<T> leaseByDigest(String digest, Class<T> kind) {
        Revision revision = installed.get(digest);
        if (revision == null) {
            throw new ModelUnavailableException("no model with digest " + digest + " is installed");
        }
        Routes.requireTask(revision, kind, "the digest is of");
        return loaded(revision, kind, Cause.system("its vectors are in use"));
    }

    /** Loads where needed and pins the revision, so that nothing closes it before it is active. */
    private <T> ModelLease<T> loaded(Revision revision, Class<T> kind, Cause cause) {
        // Held meanwhile, so that a base is loaded once for everything that is done with its adapter.
        try (ModelLease<?> _ = revision.refusal() == null
                ? bases.hold(revision.id(), revision.card().use())
                : null) {
            while (true) {
                revision.load(loader(revision), cause);
                ModelLease<T> lease = revision.lease(kind);
                if (lease != null) {
                    return lease;
                }
            }
        }
    }

    /** Who loads a revision; null for one that no loader may see. */
    private Loaders.Loader loader(Revision revision) {
        ModelCard card = revision.card();
        if (card.use() == null) {
            return null;
        }
        Loaders.Loader loader = bases.find(card);
        if (loader == null) {
            throw new ModelUnavailableException(
                    card.id().name() + " " + card.id().version() + " waits for a loader of family " + card.family()
                            + " for " + revision.task());
        }
        return loader;
    }

    /** Whether a revision is known whose loader is not there yet. */
    boolean waitsForLoader(String digest) {
        Revision revision = installed.get(digest);
        if (revision == null || revision.task() == null) {
            return false;
        }
        ModelId base = Bases.of(revision.card());
        return base == null ? bases.find(revision.card()) == null : waitsForLoader(base.digest());
    }

    /** Verifies, loads and tests a revision, and lets it go again. */
    ModelRevision verify(String name, String version, Cause cause) {
        return verify(installed.find(name, version), cause);
    }

    /** As {@link #verify(String, String, Cause)}, for a revision that was just installed. */
    ModelRevision verify(ModelId id, Cause cause) {
        return verify(installed.get(id.digest()), cause);
    }

    /** What is known of a revision that is installed. */
    ModelRevision describe(String digest) {
        return installed.get(digest).describe();
    }

    private ModelRevision verify(Revision revision, Cause cause) {
        try {
            loaded(revision, Object.class, cause).close();
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
            return activate(installed.find(name, version), cause);
        } finally {
            changing.unlock();
        }
    }

    private Activation activate(Revision revision, Cause cause) {
        String route = revision.id().name();
        requireTaskOfRoute(route, revision);
        try (ModelLease<Object> pin = loaded(revision, Object.class, cause)) {
            Activation activation = new Activation(
                    route,
                    pin.id(),
                    cause.actor(),
                    cause.reason(),
                    Instant.now().truncatedTo(ChronoUnit.MILLIS));
            try {
                cards.keep(revision.card());
                if (pin.base() != null) {
                    cards.keep(installed.get(pin.base().digest()).card());
                }
                routes.record(activation);
            } catch (IOException e) {
                throw new ModelUnavailableException("the activation of " + pin.id()
                        + " could not be recorded, so nothing was changed: " + e.getMessage());
            }
            flip(route, revision, cause);
            events.activated(activation);
            return activation;
        }
    }

    /** Whoever leases from a route relies on its task: the first model that a route leads to settles it. */
    private void requireTaskOfRoute(String route, Revision revision) {
        Activation recorded = routes.active(route);
        Revision present =
                recorded == null ? null : installed.get(recorded.model().digest());
        if (present != null && revision.task() != null && present.task() != revision.task()) {
            throw new ModelRefusedException(revision.id().name() + " "
                    + revision.id().version() + " has the wrong task for the route \"" + route + "\": it is "
                    + revision.task() + ", and " + present.id().version() + ", which the route leads to, is for "
                    + present.task() + "; install it under another name");
        }
    }

    /** Activates a route's default, unless something was ever activated on it. */
    void activateDefault(String name, String version, Cause cause) {
        changing.lock();
        try {
            if (routes.active(name) == null) {
                activate(installed.find(name, version), cause);
            }
        } finally {
            changing.unlock();
        }
    }

    /** Loads what the route's record says, after a start; nothing when the record was overtaken by a newer one. */
    void resume(Activation recorded) {
        changing.lock();
        try {
            if (!recorded.equals(routes.active(recorded.route()))) {
                return;
            }
            Revision revision = installed.get(recorded.model().digest());
            if (revision == null || routes.get(recorded.route()) == revision) {
                return;
            }
            Cause cause = Cause.system("as recorded on " + recorded.time());
            try (ModelLease<Object> pin = loaded(revision, Object.class, cause)) {
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
            if (revision == null || !recorded.equals(routes.active(recorded.route())) || !outlivedItsLoader(revision)) {
                return;
            }
            loaded(revision, Object.class, Cause.system("its loader was made anew"))
                    .close();
            events.activated(recorded);
        } finally {
            changing.unlock();
        }
    }

    /** Unloads what only stands by, and was made by a loader that has gone. */
    void endStandbyWithoutLoader() {
        bases.adaptersFirst().stream()
                .filter(this::outlivedItsLoader)
                .forEach(each -> each.leaveStandby("its loader has gone"));
    }

    private boolean outlivedItsLoader(Revision revision) {
        Loaders.Loader loader = bases.find(revision.card());
        return loader != null && revision.loadedByAnother(loader);
    }

    private void flip(String route, Revision revision, Cause cause) {
        Revision before;
        synchronized (installed) {
            // its pack may have gone while it was loaded: it serves all the same, until it is replaced
            installed.keep(revision);
            before = routes.get(route);
            revision.activate(cause);
            routes.flip(route, revision);
        }
        if (before != null && before != revision) {
            Cause replaced = cause.because("replaced by " + revision.id().version() + ": " + cause.reason());
            before.retire(replaced);
            forgetWithoutPack(before, replaced);
            ModelId base = Bases.of(before.card());
            Revision held = base == null ? null : installed.get(base.digest());
            if (held != null) {
                forgetWithoutPack(held, replaced);
            }
        }
    }

    /** What served on although its pack had gone need not be known any longer. */
    private void forgetWithoutPack(Revision replaced, Cause cause) {
        if (replaced.packs().isEmpty()) {
            forget(replaced, cause);
        }
    }

    Activation rollBack(String route, Cause cause) {
        changing.lock();
        try {
            List<Activation> history = routes.history(route);
            if (history.isEmpty()) {
                throw new ModelUnavailableException("no model was ever active on route \"" + route + "\"");
            }
            ModelId present = history.getLast().model();
            for (Activation earlier : history.reversed()) {
                if (!earlier.model().digest().equals(present.digest())) {
                    Revision revision = installed.get(earlier.model().digest());
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

    /** Deletes stored files that no known revision refers to. */
    long clean() throws IOException {
        changing.lock();
        try {
            Set<String> routed = new HashSet<>();
            for (Activation activation : routes.recorded().values()) {
                routed.add(activation.model().digest());
                Revision revision = installed.get(activation.model().digest());
                if (revision != null && Bases.of(revision.card()) != null) {
                    routed.add(Bases.of(revision.card()).digest());
                }
            }
            cards.retain(routed);
        } finally {
            changing.unlock();
        }
        return store.keep(() -> {
            Set<String> kept = new HashSet<>();
            installed.all().forEach(revision -> kept.addAll(StoreContent.digests(revision)));
            return kept;
        });
    }

    /** What fills the store. */
    StoreUsage usage() throws IOException {
        return StoreContent.usage(store, installed.all());
    }

    /** The store's content in half a line. */
    private String content() {
        return StoreContent.line(store, installed.all());
    }

    @Override
    public void close() throws IOException {
        changing.lock();
        try {
            synchronized (installed) {
                routes.clear();
                installed.all().forEach(Revision::shutDown);
                installed.clear();
            }
            routes.close();
        } finally {
            changing.unlock();
        }
    }
}
