package org.candor.api.model;

/**
 * The right to use one revision until closed, whatever is activated meanwhile. Closing twice does nothing. Thread safe.
 *
 * @param <T> what the model does, for example {@link TextEncoder}
 */
public interface ModelLease<T> extends AutoCloseable {

    /** The revision. */
    ModelId id();

    /** The revision that an adapter changes, which is held as long as the adapter is loaded; null where the revision is no adapter. */
    default ModelId base() {
        return null;
    }

    /**
     * The model; not closed by the holder of a lease.
     *
     * @throws IllegalStateException after close
     */
    T model();

    @Override
    void close();
}
