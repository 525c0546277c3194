package org.candor.api.generate;

/** Told of pieces of text as they come, on the thread that asked for them unless it only hands them on. */
public interface GenerationListener {

    /** @return false to end everything: nobody wants the text any more */
    boolean piece(Piece piece);

    /** Asked about once a second while no piece comes: false ends everything as well. */
    default boolean wanted() {
        return true;
    }

    /**
     * Whether it does nothing with a piece but hand it on, and never waits. Then the generator's own thread may tell it, so that
     * no thread is woken for each token only to wake another. Asked on the thread that wants the text, before each wait; what
     * was true stays true. Pieces come one at a time, in order, and none after {@link TextGenerator#generate} has ended; {@link
     * #wanted} is asked by the thread that wants the text still, at any time.
     */
    default boolean handsOn() {
        return false;
    }
}
