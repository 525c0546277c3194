package org.candor.api.model;

/** A service that keeps what happened to models. At most one is used. */
public interface ModelAudit {

    /**
     * Takes one step of a revision's life. Steps come in order, on a thread of the registry's own, and each is offered again
     * until this method returns.
     *
     * @throws RuntimeException when it could not be made durable
     */
    void record(ModelTransition transition);
}
