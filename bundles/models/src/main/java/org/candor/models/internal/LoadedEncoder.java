package org.candor.models.internal;

import java.util.function.Consumer;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.TextEncoder;

/** An encoder, who made it, and how many leases are out on it; guarded by its revision's monitor. */
final class LoadedEncoder {

    private final TextEncoder encoder;
    private final ModelLoader loader;
    private int leases;

    LoadedEncoder(TextEncoder encoder, ModelLoader loader) {
        this.encoder = encoder;
        this.loader = loader;
    }

    TextEncoder encoder() {
        return encoder;
    }

    ModelLoader loader() {
        return loader;
    }

    /** @param returned told once, when the lease is closed; it calls {@link #release} */
    ModelLease<TextEncoder> lease(ModelId id, Consumer<LoadedEncoder> returned) {
        leases++;
        return new Lease(id, this, returned);
    }

    void release() {
        leases--;
    }

    void closeWhenUnused() {
        if (leases == 0) {
            encoder.close();
        }
    }

    private static final class Lease implements ModelLease<TextEncoder> {
        private final ModelId id;
        private final Consumer<LoadedEncoder> returned;
        private LoadedEncoder leased;

        Lease(ModelId id, LoadedEncoder leased, Consumer<LoadedEncoder> returned) {
            this.id = id;
            this.leased = leased;
            this.returned = returned;
        }

        @Override
        public ModelId id() {
            return id;
        }

        @Override
        public synchronized TextEncoder model() {
            if (leased == null) {
                throw new IllegalStateException("the lease on " + id + " is closed");
            }
            return leased.encoder;
        }

        /** The encoder is let go: who keeps a closed lease keeps no model alive. */
        @Override
        public void close() {
            LoadedEncoder given;
            synchronized (this) {
                given = leased;
                leased = null;
            }
            if (given != null) {
                returned.accept(given);
            }
        }
    }
}
