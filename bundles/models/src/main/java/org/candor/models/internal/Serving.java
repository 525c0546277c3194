package org.candor.models.internal;

import java.util.function.Consumer;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;

/** A model, who made it, and how many leases are out on it; guarded by its revision's monitor. */
final class Serving {

    private final LoadedModel model;
    private final Loaders.Loader loader;
    private int leases;

    Serving(LoadedModel model, Loaders.Loader loader) {
        this.model = model;
        this.loader = loader;
    }

    LoadedModel model() {
        return model;
    }

    /** Whether this loader made it; one that was made anew is another. */
    boolean madeBy(Loaders.Loader other) {
        return loader.equals(other);
    }

    /**
     * @param kind what its task's models are, or something more general
     * @param returned told once, when the lease is closed; it calls {@link #release}
     */
    <T> ModelLease<T> lease(ModelId id, Class<T> kind, Consumer<Serving> returned) {
        T leased = kind.cast(model.model());
        leases++;
        return new Lease<>(id, model.base(), leased, this, returned);
    }

    void release() {
        leases--;
    }

    void closeWhenUnused() {
        if (leases == 0) {
            model.close();
        }
    }

    private static final class Lease<T> implements ModelLease<T> {
        private final ModelId id;
        private final ModelId base;
        private final Consumer<Serving> returned;
        private T model;
        private Serving leased;

        Lease(ModelId id, ModelId base, T model, Serving leased, Consumer<Serving> returned) {
            this.id = id;
            this.base = base;
            this.model = model;
            this.leased = leased;
            this.returned = returned;
        }

        @Override
        public ModelId id() {
            return id;
        }

        @Override
        public ModelId base() {
            return base;
        }

        @Override
        public synchronized T model() {
            if (model == null) {
                throw new IllegalStateException("the lease on " + id + " is closed");
            }
            return model;
        }

        /** The model is let go: who keeps a closed lease keeps no model alive. */
        @Override
        public void close() {
            Serving given;
            synchronized (this) {
                given = leased;
                leased = null;
                model = null;
            }
            if (given != null) {
                returned.accept(given);
            }
        }
    }
}
