package org.candor.api.generate;

/** Told of pieces of text as they come, on the thread that asked for them. */
@FunctionalInterface
public interface GenerationListener {

    /** @return false to end everything: nobody wants the text any more */
    boolean piece(Piece piece);
}
