package org.candor.api.compute;

/** How the hidden states of one sequence become one vector. */
public enum Pooling {
    /** The first token's hidden state. */
    FIRST,
    /** The mean over all tokens of the sequence. */
    MEAN
}
