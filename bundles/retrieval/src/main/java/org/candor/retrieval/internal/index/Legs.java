package org.candor.retrieval.internal.index;

/** Which legs of a hybrid search take part. */
public enum Legs {
    /** BM25 alone. */
    LEXICAL,
    /** The encoder alone. */
    VECTOR,
    /** Both, fused. */
    BOTH;

    boolean lexical() {
        return this != VECTOR;
    }

    boolean vector() {
        return this != LEXICAL;
    }
}
