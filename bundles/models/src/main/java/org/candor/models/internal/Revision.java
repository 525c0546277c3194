package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.SelfTestResult;
import org.candor.proof.InvalidProofException;

/**
 * One revision through its life. The model is closed when the revision is not active and its last lease has come back.
 * One whose loader has gone, for example because the backend was made anew, is replaced when the next loader is there.
 * Thread safe.
 */
final class Revision {

    private static final int REMEMBERED_STEPS = 50;
    private final ModelCard card;
    private final Surroundings surroundings;
    /** Held while loading, which takes seconds; the monitor below only ever for an instant. */
    private final ReentrantLock loading = new ReentrantLock();

    /** Where its files come from; the first one is read. */
    private final List<ModelPack> packs = new ArrayList<>();

    private final Deque<ModelTransition> life = new ArrayDeque<>();
    private ModelState state = ModelState.INSTALLED;
    private String reason = "";
    /** Why it must not be loaded besides another revision of its name and version, or null. */
    private String duplicate;

    /** Why it must not be loaded for want of trust, or null. */
    private String distrust;

    /** Why no route can use it, or null. */
    private final String unfit;

    private String trust = "";
    private SelfTestResult selfTest;
    /** What serves, or null. */
    private Serving loaded;

    /** Leases of {@link #loaded} and of what it replaced. */
    private int leases;

    private boolean active;
    /** Whether a route led to it since it was loaded, and it is still installed. */
    private boolean deserving;
    /** Which standby it is: the end of an earlier one does not count. */
    private int standbys;

    /** @param pack or null for one whose pack has gone and whose files the store holds */
    Revision(ModelPack pack, ModelCard card, Surroundings surroundings) {
        if (pack != null) {
            this.packs.add(pack);
        }
        this.card = card;
        this.surroundings = surroundings;
        this.unfit = card.use() != null
                ? null
                : "its tasks are " + card.tasks() + ", and the route \""
                        + card.id().name() + "\" needs " + Task.choice();
    }

    ModelId id() {
        return card.id();
    }

    ModelCard card() {
        return card;
    }

    /** Its route's task, or null where no route can use it. */
    Task task() {
        return card.use() == null ? null : card.use().task();
    }

    synchronized long memoryBytes() {
        return loaded == null ? 0 : loaded.model().bytes();
    }

    ModelRevision describe() {
        return describe("");
    }

    /** @param waitsFor what it waits for where it is not loaded, or empty */
    synchronized ModelRevision describe(String waitsFor) {
        return new ModelRevision(
                id(),
                card.family(),
                card.tasks(),
                state,
                loaded == null && state != ModelState.FAILED ? waitsFor : reason,
                leases,
                card.values(),
                String.join(", ", packs.stream().map(ModelPack::location).toList()),
                trust,
                card.files().values().stream()
                        .mapToLong(ModelCard.FileDigest::bytes)
                        .sum(),
                memoryBytes(),
                selfTest,
                List.copyOf(life),
                Bases.of(card));
    }

    /**
     * It is known from now on.
     *
     * @param rival as for {@link #assess}
     */
    void installed(String rival, Cause cause) {
        enter(ModelState.INSTALLED, cause);
        assess(rival, cause);
    }

    /** It is known no more. */
    synchronized void removed(Cause cause) {
        step(new ModelTransition(id(), state, true, cause.actor(), cause.tenant(), cause.reason(), now()));
    }

    synchronized void addPack(ModelPack pack) {
        if (!packs.contains(pack)) {
            packs.add(pack);
        }
    }

    /** @return whether it has no pack any more */
    synchronized boolean removePack(ModelPack pack) {
        packs.remove(pack);
        return packs.isEmpty();
    }

    synchronized List<ModelPack> packs() {
        return List.copyOf(packs);
    }

    /**
     * Sees whether it may be used under the present rules: two reasons against it, each of which stands alone, beside its
     * task, which never changes. Without a pack its trust stays as it was. What is loaded goes on serving, but is not loaded anew.
     *
     * @param rival why it must not be used besides another revision of its name and version, or null
     */
    void assess(String rival, Cause cause) {
        ModelPack pack = packs().isEmpty() ? null : packs().getFirst();
        if (pack == null) {
            synchronized (this) {
                trust = "trusted when it was activated; its pack has gone";
                refuse(rival, distrust, cause);
            }
            return;
        }
        String trusted = null;
        String distrusted = null;
        try {
            trusted = surroundings.trust().get().check(ModelCard.identity(id()), pack.signature());
        } catch (InvalidProofException e) {
            distrusted = pack.location() + ": " + e.getMessage();
        } catch (IOException e) {
            distrusted = String.valueOf(e.getMessage());
        }
        synchronized (this) {
            trust = trusted == null ? distrusted : trusted;
            refuse(rival, distrusted, cause);
        }
    }

    private void refuse(String rival, String distrusted, Cause cause) {
        String before = state == ModelState.FAILED ? refusal() : null;
        duplicate = rival;
        distrust = distrusted;
        String now = refusal();
        if (now != null && !now.equals(before) && loaded == null) {
            reason = now;
            enter(ModelState.FAILED, Cause.system(now));
        } else if (now == null && before != null && state == ModelState.FAILED) {
            reason = "";
            enter(ModelState.INSTALLED, cause);
        }
    }

    /** Why it must not be loaded at all, or null. */
    synchronized String refusal() {
        return duplicate != null ? duplicate : distrust != null ? distrust : unfit;
    }

    /**
     * Verifies, loads and tests where that is not done yet, or was done by another loader. What serves goes on until then.
     *
     * @throws ModelRefusedException when a check fails; the reason stays on the revision, unless an older model serves
     */
    void load(Loaders.Loader loader, Cause cause) {
        loading.lock();
        LoadedModel made = null;
        try {
            synchronized (this) {
                if (refusal() != null) {
                    throw new ModelRefusedException(refused(refusal()));
                }
                if (loaded != null && loaded.madeBy(loader)) {
                    return;
                }
                reason = "";
            }
            surroundings.store().stay().lock();
            try {
                RevisionFiles files = new RevisionFiles(card, packs(), surroundings);
                Map<Path, String> before = files.stamps();
                ModelFiles verified = new ModelFiles(id(), files.verify());
                prepared(ModelState.VERIFIED, cause);
                surroundings.memory().admit(location(), loader.bytes(verified));
                made = loader.load(verified);
                if (!before.equals(files.stamps())) {
                    throw new ModelFormatException(location() + ": its files were changed while they were loaded");
                }
                prepared(ModelState.LOADED, cause);
                test(verified.files().get("selftest.json"), made);
            } finally {
                surroundings.store().stay().unlock();
            }
            synchronized (this) {
                if (refusal() != null) {
                    throw fail(refusal()); // the rules have changed meanwhile
                }
                prepared(ModelState.TESTED, cause);
                replace(new Serving(made, loader));
                made = null;
            }
        } catch (ModelRefusedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw fail(e.getMessage() == null ? e.toString() : RevisionFiles.named(card, location(), e.getMessage()));
        } catch (OutOfMemoryError e) {
            throw fail("there is not enough memory for it: " + e.getMessage());
        } finally {
            if (made != null) {
                made.close();
            }
            loading.unlock();
        }
    }

    /** Whether it serves with a model of a loader that is not this one. */
    synchronized boolean loadedByAnother(Loaders.Loader loader) {
        return loaded != null && !loaded.madeBy(loader);
    }

    private void replace(Serving next) {
        Serving before = loaded;
        loaded = next;
        if (before != null) {
            before.closeWhenUnused();
        }
    }

    private ModelRefusedException fail(String message) {
        String line = message.lines().reduce((a, b) -> a + " " + b).orElse("no reason was given");
        synchronized (this) {
            if (loaded == null) {
                reason = line;
                enter(ModelState.FAILED, Cause.system(line));
            }
        }
        return new ModelRefusedException(refused(line));
    }

    private String refused(String why) {
        return id().name() + " " + id().version() + " is refused: " + why;
    }

    private String location() {
        return RevisionFiles.location(packs());
    }

    private void test(Path file, LoadedModel loaded) throws IOException {
        SelfTest.Outcome outcome = loaded.test(location(), file);
        synchronized (this) {
            selfTest = outcome.result();
        }
        if (outcome.failure() != null) {
            throw new ModelFormatException(outcome.failure());
        }
    }

    /** A step on the way to a model; none of the revision's while an older one serves. */
    private synchronized void prepared(ModelState next, Cause cause) {
        if (loaded == null) {
            enter(next, cause);
        }
    }

    private synchronized void enter(ModelState next, Cause cause) {
        state = next;
        step(new ModelTransition(id(), next, false, cause.actor(), cause.tenant(), cause.reason(), now()));
    }

    private void step(ModelTransition transition) {
        if (life.size() == REMEMBERED_STEPS) {
            life.removeFirst();
        }
        life.addLast(transition);
        surroundings.steps().accept(transition);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Checks what needs no loading: the pack's claims about itself agree. */
    static void checkClaims(ModelPack pack, ModelCard card, String name, String version, String family)
            throws ModelFormatException {
        ModelId id = card.id();
        if (!id.name().equals(name)
                || !id.version().equals(version)
                || !card.family().equals(family)) {
            throw new ModelFormatException(pack.location() + ": the bundle's capability says " + name + " " + version
                    + " of family " + family + ", but card.json says " + id.name() + " " + id.version() + " of family "
                    + card.family());
        }
    }

    /**
     * A lease, or null when the model is not loaded now.
     *
     * @param kind what its task's models are, or something more general
     */
    synchronized <T> ModelLease<T> lease(Class<T> kind) {
        if (loaded == null) {
            return null;
        }
        ModelLease<T> lease = loaded.lease(id(), kind, this::release);
        leases++;
        return lease;
    }

    synchronized void activate(Cause cause) {
        deserving = true;
        if (!active) {
            active = true;
            enter(ModelState.ACTIVE, cause);
        }
    }

    synchronized void retire(Cause cause) {
        active = false;
        if (loaded != null) {
            enter(ModelState.DRAINING, cause);
            closeWhenUnused();
        }
    }

    /** It is installed no more: nothing is kept loaded for a way back. */
    synchronized void dismiss(Cause cause) {
        deserving = false;
        retire(cause);
    }

    /** Unloads it where it is only kept for a way back. */
    synchronized void leaveStandby(String why) {
        if (state == ModelState.STANDBY && leases == 0) {
            close(why);
        }
    }

    private synchronized void release(Serving leased) {
        leases--;
        leased.release();
        if (leased != loaded) {
            leased.closeWhenUnused();
        }
        if (!active) {
            closeWhenUnused();
        }
    }

    private void closeWhenUnused() {
        if (leases > 0 || loaded == null) {
            return;
        }
        if (!deserving || !surroundings.standby().wanted()) {
            close("its last lease has come back");
            return;
        }
        int standby = ++standbys;
        enter(ModelState.STANDBY, Cause.system("its last lease has come back"));
        surroundings.standby().later(() -> {
            synchronized (this) {
                if (standby == standbys) {
                    leaveStandby("its standby is over");
                }
            }
        });
    }

    private void close(String why) {
        loaded.model().close();
        loaded = null;
        deserving = false;
        enter(ModelState.CLOSED, Cause.system(why));
    }

    /** Closes the model whatever leases are out: the platform is going down. */
    synchronized void shutDown() {
        active = false;
        if (loaded != null) {
            loaded.model().close();
            loaded = null;
            state = ModelState.CLOSED;
        }
    }
}
