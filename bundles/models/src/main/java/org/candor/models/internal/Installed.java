package org.candor.models.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;

/**
 * The revisions that are known, and packs that cannot be read. Its monitor guards it, and each change of the routes. Thread
 * safe.
 */
final class Installed {

    /** By digest, in order of installation. */
    private final Map<String, Revision> revisions = new LinkedHashMap<>();
    /** Packs that cannot even be read, by location. */
    private final Map<String, ModelRevision> unreadable = new LinkedHashMap<>();

    private final Predicate<Revision> serves;
    private final Function<Revision, String> waitsFor;

    /**
     * @param serves whether a revision is in use, so that it stays
     * @param waitsFor why one that is not loaded cannot be now, for all that is known without loading it; empty where nothing is
     */
    Installed(Predicate<Revision> serves, Function<Revision, String> waitsFor) {
        this.serves = serves;
        this.waitsFor = waitsFor;
    }

    synchronized List<Revision> all() {
        return List.copyOf(revisions.values());
    }

    /** The revision, or null. */
    synchronized Revision get(String digest) {
        return revisions.get(digest);
    }

    synchronized void keep(Revision revision) {
        revisions.putIfAbsent(revision.id().digest(), revision);
    }

    synchronized void clear() {
        revisions.clear();
    }

    /** Takes a revision in, unless its content is known: then the older one has another pack. */
    synchronized Revision install(ModelPack pack, ModelCard card, Surroundings surroundings, Cause cause) {
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

    /** @return whether it was known and is not in use */
    synchronized boolean forget(Revision revision) {
        if (serves.test(revision) || !revisions.remove(revision.id().digest(), revision)) {
            return false;
        }
        for (Revision other : revisions.values()) {
            if (sameVersion(other, revision)) {
                other.assess(rival(other), Cause.system("the other content of this name and version was removed"));
            }
        }
        return true;
    }

    /** The rules of trust have changed. What serves goes on serving. */
    synchronized void assess() {
        List<Revision> known = new ArrayList<>(revisions.values());
        // what is admitted first: where it no longer is, another content of its version may be
        known.sort(Comparator.comparing(revision -> revision.refusal() != null));
        for (Revision revision : known) {
            revision.assess(rival(revision), Cause.system("the rules of trust have changed"));
        }
    }

    /** Why a revision must not be used besides another one, which is admitted or serves; null where there is none. */
    private String rival(Revision revision) {
        for (Revision other : revisions.values()) {
            if (other != revision && sameVersion(other, revision) && (other.refusal() == null || serves.test(other))) {
                return "the same name and version with other content is installed already, with digest "
                        + other.id().digest() + ": give it another version";
            }
        }
        return null;
    }

    private static boolean sameVersion(Revision one, Revision other) {
        return one.id().name().equals(other.id().name())
                && one.id().version().equals(other.id().version());
    }

    /** Remembers a pack that cannot be read, to say why. */
    synchronized void unreadable(String location, String name, String version, String family, String why) {
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
                        List.of(),
                        null));
    }

    synchronized void readable(String location) {
        unreadable.remove(location);
    }

    /** All of them, sorted. */
    List<ModelRevision> describe() {
        List<ModelRevision> all;
        synchronized (this) {
            all = new ArrayList<>(unreadable.values());
        }
        all().forEach(revision -> all.add(revision.describe(waitsFor.apply(revision))));
        all.sort(Comparator.comparing((ModelRevision r) -> r.id().name())
                .thenComparing(r -> r.id().version())
                .thenComparing(r -> r.id().digest()));
        return all;
    }

    /** Of several revisions of one version the one that was not refused for being a second one. */
    synchronized Revision find(String name, String version) {
        List<String> versions = new ArrayList<>();
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
        throw new ModelUnavailableException(
                versions.isEmpty()
                        ? "no model \"" + name + "\" is installed"
                        : "model \"" + name + "\" has no version " + version + ", installed are " + versions);
    }
}
