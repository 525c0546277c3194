package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;

/**
 * One revision through its life. The encoder is closed when the revision is not active and its last lease has come back.
 * Thread safe.
 */
final class Revision {

    private final ModelPack pack;
    private final ModelCard card;
    private final ContentStore store;
    /** Held while loading, which takes seconds; the monitor below only ever for an instant. */
    private final ReentrantLock loading = new ReentrantLock();

    private ModelState state = ModelState.INSTALLED;
    private String reason = "";
    private TextEncoder encoder;
    private int leases;
    private boolean active;

    Revision(ModelPack pack, ModelCard card, ContentStore store) {
        this.pack = pack;
        this.card = card;
        this.store = store;
    }

    ModelId id() {
        return card.id();
    }

    ModelCard card() {
        return card;
    }

    synchronized ModelRevision describe() {
        return new ModelRevision(id(), card.family(), card.tasks(), state, reason, leases, card.values());
    }

    /**
     * Verifies, loads and tests where that is not done yet.
     *
     * @throws ModelUnavailableException when a check fails; the reason stays on the revision
     */
    void load(ModelLoader loader) {
        loading.lock();
        TextEncoder loaded = null;
        try {
            synchronized (this) {
                if (encoder != null) {
                    return;
                }
                reason = "";
            }
            Map<String, Path> files = unpack();
            enter(ModelState.VERIFIED);
            loaded = loader.loadEncoder(new ModelFiles(id(), files), card.encoder());
            enter(ModelState.LOADED);
            SelfTest.read(pack.location(), files.get("selftest.json")).run(pack.location(), loaded);
            synchronized (this) {
                encoder = loaded;
                loaded = null;
                state = ModelState.TESTED;
            }
        } catch (IOException | RuntimeException e) {
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            fail(message);
            throw new ModelUnavailableException(id().name() + " " + id().version() + " is refused: " + message);
        } finally {
            if (loaded != null) {
                loaded.close();
            }
            loading.unlock();
        }
    }

    private Map<String, Path> unpack() throws IOException {
        Map<String, Path> files = new TreeMap<>();
        for (Map.Entry<String, ModelCard.FileDigest> file : card.files().entrySet()) {
            files.put(file.getKey(), store.put(pack, file.getKey(), file.getValue()));
        }
        return files;
    }

    private synchronized void enter(ModelState next) {
        state = next;
    }

    /** Refuses the revision for a reason found outside of loading. */
    synchronized void fail(String why) {
        state = ModelState.FAILED;
        reason = why;
    }

    /** Checks what needs no loading: the pack's claims about itself agree. */
    void checkClaims(String name, String version, String family) throws ModelFormatException {
        if (!id().name().equals(name)
                || !id().version().equals(version)
                || !card.family().equals(family)) {
            throw new ModelFormatException(pack.location() + ": the bundle's capability says " + name + " " + version
                    + " of family " + family + ", but card.json says " + id().name() + " " + id().version()
                    + " of family " + card.family());
        }
    }

    /** A lease, or null when the encoder is not loaded now. */
    synchronized ModelLease<TextEncoder> lease() {
        if (encoder == null) {
            return null;
        }
        leases++;
        return new Lease(encoder);
    }

    synchronized void activate() {
        active = true;
        state = ModelState.ACTIVE;
    }

    synchronized void retire() {
        active = false;
        if (encoder != null) {
            state = ModelState.DRAINING;
            closeWhenUnused();
        }
    }

    private synchronized void release() {
        leases--;
        if (!active) {
            closeWhenUnused();
        }
    }

    private void closeWhenUnused() {
        if (leases == 0 && encoder != null) {
            encoder.close();
            encoder = null;
            state = ModelState.CLOSED;
        }
    }

    /** Closes the encoder whatever leases are out: the platform is going down. */
    synchronized void shutDown() {
        active = false;
        if (encoder != null) {
            encoder.close();
            encoder = null;
            state = ModelState.CLOSED;
        }
    }

    private final class Lease implements ModelLease<TextEncoder> {
        private final TextEncoder model;
        private final AtomicBoolean closed = new AtomicBoolean();

        Lease(TextEncoder model) {
            this.model = model;
        }

        @Override
        public ModelId id() {
            return Revision.this.id();
        }

        @Override
        public TextEncoder model() {
            if (closed.get()) {
                throw new IllegalStateException("the lease on " + id() + " is closed");
            }
            return model;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release();
            }
        }
    }
}
