package org.candor.generation.internal.sampling;

/** Biases, penalties and masks of a request left no token that could be taken. */
public final class NoTokenLeftException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    NoTokenLeftException(String step, int position) {
        super("no token can follow the " + position + " of this text: " + step + " left none");
    }
}
