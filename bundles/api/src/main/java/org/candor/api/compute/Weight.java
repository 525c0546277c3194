package org.candor.api.compute;

/**
 * The matrix of a linear layer, (outputs, inputs), in whatever layout its backend computes with. Immutable, safe for
 * use by any number of queues at once.
 */
public interface Weight extends AutoCloseable {

    /** How the elements are held. */
    WeightType type();

    /** Output features: rows. */
    int outputs();

    /** Input features: columns. */
    int inputs();

    /** Bytes this weight occupies in the backend's memory. */
    long bytes();

    /** Frees the memory. The caller sees to it that no queued operation uses it. */
    @Override
    void close();
}
