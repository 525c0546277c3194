package org.candor.api.model;

/** Whiteboard service: told after each activation and removal. Called on the registry's threads; return quickly. */
public interface ModelListener {

    /**
     * The route now leads to this revision. Called before {@link ModelRegistry#activate} returns: what can follow at once
     * should.
     */
    void activated(Activation activation);

    /** The revision is not installed any more: whatever was made for it alone may go. */
    default void removed(ModelId model) {}
}
