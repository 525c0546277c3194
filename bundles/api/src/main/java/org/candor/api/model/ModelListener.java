package org.candor.api.model;

/** Whiteboard service: told after each activation. Called on the registry's thread; return quickly. */
public interface ModelListener {

    /** The route now leads to this revision. */
    void activated(Activation activation);
}
