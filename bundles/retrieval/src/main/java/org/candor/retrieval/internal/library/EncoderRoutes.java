package org.candor.retrieval.internal.library;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.candor.retrieval.internal.index.DocumentEncoder;
import org.candor.retrieval.internal.index.EncodedDocument;
import org.candor.retrieval.internal.index.EncoderBinding;
import org.candor.retrieval.internal.index.Entry;
import org.candor.retrieval.internal.index.IndexedDocument;
import org.candor.retrieval.internal.index.LanguageIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each language on the encoder its route leads to. Where the index is bound to another one, that one goes on
 * serving while a new generation is embedded; then both flip together. Used by the library's worker, the registry
 * reference apart.
 */
final class EncoderRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(EncoderRoutes.class);
    private static final int DOCUMENTS_A_STEP = 16;
    /** After this time with a registry every pack that is installed is known to it. */
    private static final long SETTLING_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Catalogue catalogue;
    private final DocumentEncoder encoder;
    private final Map<String, String> routes;
    private final AtomicReference<ModelRegistry> registry = new AtomicReference<>();
    private volatile long registrySince;
    private volatile boolean swept;
    private volatile boolean closed;

    /** @param routes route by language */
    EncoderRoutes(Catalogue catalogue, DocumentEncoder encoder, Map<String, String> routes) {
        this.catalogue = catalogue;
        this.encoder = encoder;
        this.routes = Map.copyOf(routes);
    }

    void registry(ModelRegistry present) {
        registrySince = System.nanoTime();
        swept = false;
        registry.set(present);
    }

    /** Gives every lease back when the registry goes. */
    void withdraw(ModelRegistry gone) throws IOException {
        if (registry.compareAndSet(gone, null)) {
            catalogue.locked(() -> {
                catalogue.languages().forEach(LanguageIndex::suspend);
                return null;
            });
        }
    }

    boolean leads(String route) {
        return routes.containsValue(route);
    }

    /** Running work ends at its next step. */
    void close() {
        closed = true;
    }

    /**
     * Brings every language up to its route's active encoder, as far as there is one.
     *
     * @return whether another encoder serves some language now
     */
    boolean follow() throws IOException {
        boolean changed = false;
        for (LanguageIndex index : catalogue.languages()) {
            changed |= follow(index);
        }
        return changed;
    }

    private boolean follow(LanguageIndex index) throws IOException {
        ModelRegistry models = registry.get();
        String route = routes.get(index.language());
        if (models == null || route == null || closed) {
            return false;
        }
        ModelLease<TextEncoder> lease;
        try {
            lease = models.leaseEncoder(route);
        } catch (ModelUnavailableException e) {
            return false;
        }
        boolean owned = false;
        try {
            Outcome outcome = catalogue.locked(() -> serve(index, lease));
            owned = outcome == Outcome.SERVES;
            if (owned) {
                LOG.info("Language {} is served by {}", index.language(), lease.id());
            }
            if (outcome != Outcome.EMBED) {
                return owned;
            }
            boolean former = serveFormer(index, models);
            owned = embedAnew(index, models, route, lease);
            return owned || former;
        } finally {
            if (!owned) {
                lease.close();
            }
        }
    }

    private enum Outcome {
        /** It served with this encoder before. */
        UNCHANGED,
        /** It does now, and owns the lease. */
        SERVES,
        /** Its documents have to be embedded first. */
        EMBED
    }

    /** Serves with an encoder where nothing has to be embedded for it. Under the library's lock. */
    private Outcome serve(LanguageIndex index, ModelLease<TextEncoder> lease) throws IOException {
        EncoderBinding bound = index.encoder();
        if (bound == null || bound.model().digest().equals(lease.id().digest())) {
            // The same revision may have been loaded anew: then this lease is of another encoder.
            if (index.serves() && index.servingEncoder() == lease.model()) {
                return Outcome.UNCHANGED;
            }
            index.serve(lease);
            return Outcome.SERVES;
        }
        Map<String, String> versions = new HashMap<>();
        for (Entry entry : catalogue.entries()) {
            if (entry.info().language().equals(index.language())) {
                versions.put(entry.key(), entry.info().version());
            }
        }
        return index.switchTo(lease, versions) ? Outcome.SERVES : Outcome.EMBED;
    }

    /**
     * Follows a route at once where the index of its encoder is kept and complete; otherwise the worker has to. Called on any
     * thread.
     */
    void followAtOnce(String route) throws IOException {
        ModelRegistry models = registry.get();
        for (LanguageIndex index : catalogue.languages()) {
            if (models == null || closed || !route.equals(routes.get(index.language()))) {
                continue;
            }
            ModelLease<TextEncoder> lease;
            try {
                lease = models.leaseEncoder(route);
            } catch (ModelUnavailableException e) {
                continue;
            }
            boolean owned = false;
            try {
                owned = catalogue.locked(() -> serve(index, lease)) == Outcome.SERVES;
            } finally {
                if (!owned) {
                    lease.close();
                }
            }
        }
    }

    /** A revision is not installed any more: no index is kept for it. */
    void removed(String digest) throws IOException {
        catalogue.locked(() -> {
            for (LanguageIndex index : catalogue.languages()) {
                index.drop(digest);
            }
            return null;
        });
    }

    /** Once for each registry, when its packs are known: what was removed while the server was down. */
    void sweepOnceSettled() throws IOException {
        if (!swept && System.nanoTime() - registrySince > SETTLING_NANOS) {
            swept = sweep();
        }
    }

    /**
     * Drops the indexes of encoders that are not installed any more.
     *
     * @return whether there was a registry with revisions to compare with
     */
    boolean sweep() throws IOException {
        ModelRegistry models = registry.get();
        Set<String> installed = new HashSet<>();
        if (models != null) {
            models.revisions().forEach(revision -> installed.add(revision.id().digest()));
        }
        if (installed.isEmpty()) {
            return false;
        }
        catalogue.locked(() -> {
            for (LanguageIndex index : catalogue.languages()) {
                for (String digest : index.encoders()) {
                    if (!installed.contains(digest)) {
                        LOG.info("Language {} keeps no index for {}, which is not installed", index.language(), digest);
                        index.drop(digest);
                    }
                }
            }
            return null;
        });
        return true;
    }

    /** The index is usable at once when the encoder it was made with can still be had. */
    private boolean serveFormer(LanguageIndex index, ModelRegistry models) throws IOException {
        EncoderBinding bound = catalogue.locked(() -> index.serves() ? null : index.encoder());
        if (bound == null) {
            return false;
        }
        ModelLease<TextEncoder> former;
        try {
            former = models.leaseEncoderByDigest(bound.model().digest());
        } catch (ModelUnavailableException e) {
            LOG.info("Language {} is not served until it is embedded anew: {}", index.language(), e.getMessage());
            return false;
        }
        boolean served = false;
        try {
            served = catalogue.locked(() -> {
                if (index.serves()
                        || !former.id().digest().equals(index.encoder().model().digest())) {
                    return false;
                }
                index.serve(former);
                return true;
            });
            return served;
        } finally {
            if (!served) {
                former.close();
            }
        }
    }

    /** Whether the flip happened; otherwise what was done is kept for a later try. */
    private boolean embedAnew(LanguageIndex index, ModelRegistry models, String route, ModelLease<TextEncoder> lease)
            throws IOException {
        LOG.info("Language {} is embedded anew for {}", index.language(), lease.id());
        Map<String, String> done = catalogue.locked(() -> index.beginNext(lease));
        if (done == null) {
            return false; // followed at once meanwhile
        }
        while (true) {
            Activation active = models.active(route);
            if (closed
                    || active == null
                    || !active.model().digest().equals(lease.id().digest())) {
                catalogue.locked(() -> {
                    index.abandonNext();
                    return null;
                });
                return false;
            }
            List<Entry> missing = new ArrayList<>();
            boolean flipped = catalogue.locked(() -> step(index, lease, done, missing));
            if (flipped) {
                LOG.info("Language {} is served by {}", index.language(), lease.id());
                return true;
            }
            embed(index, lease, done, missing);
        }
    }

    /** Flips when nothing is missing; otherwise lists some of what is. */
    private boolean step(
            LanguageIndex index, ModelLease<TextEncoder> lease, Map<String, String> done, List<Entry> missing)
            throws IOException {
        for (String key : List.copyOf(done.keySet())) {
            Entry entry = catalogue.entry(key);
            if (entry == null || !entry.info().language().equals(index.language())) {
                index.removeNext(key);
                done.remove(key);
            }
        }
        for (Entry entry : catalogue.entries()) {
            if (missing.size() < DOCUMENTS_A_STEP
                    && entry.info().language().equals(index.language())
                    && !entry.info().version().equals(done.get(entry.key()))) {
                missing.add(entry);
            }
        }
        if (missing.isEmpty()) {
            index.flip(lease);
            return true;
        }
        return false;
    }

    private void embed(
            LanguageIndex index, ModelLease<TextEncoder> lease, Map<String, String> done, List<Entry> missing)
            throws IOException {
        List<IndexedDocument> documents = new ArrayList<>();
        for (Entry entry : missing) {
            IndexedDocument document = catalogue.locked(() -> index.read(entry.key()));
            if (document == null) {
                done.put(entry.key(), entry.info().version()); // removed meanwhile, or damaged: nothing to carry over
            } else {
                documents.add(document);
            }
        }
        List<EncodedDocument> encoded = encoder.encode(documents, lease.model());
        catalogue.locked(() -> {
            for (EncodedDocument document : encoded) {
                Entry entry = document.document().entry();
                Entry present = catalogue.entry(entry.key());
                // what was deleted or replaced meanwhile is none of the new generation's
                if (present != null
                        && present.info().version().equals(entry.info().version())) {
                    index.putNext(document);
                    done.put(entry.key(), entry.info().version());
                }
            }
            return null;
        });
    }
}
