package org.candor.api.generate;

/** Told of pieces of text as they come, on the thread that asked for them. */
public interface GenerationListener {

    /** @return false to end everything: nobody wants the text any more */
    boolean piece(Piece piece);

    /** Asked about once a second while no piece comes: false ends everything as well. */
    default boolean wanted() {
        return true;
    }
}
