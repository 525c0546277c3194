package org.candor.api.generate;

import java.util.List;

/**
 * A token that was taken.
 *
 * @param id of it
 * @param logprob natural logarithm of its probability by the model, NaN where none was asked for
 * @param top likeliest tokens, best first
 */
public record GeneratedToken(int id, double logprob, List<Alternative> top) {

    public GeneratedToken {
        top = List.copyOf(top);
    }

    /** A token and the natural logarithm of its probability. */
    public record Alternative(int id, double logprob) {}
}
