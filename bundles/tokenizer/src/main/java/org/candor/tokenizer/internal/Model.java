package org.candor.tokenizer.internal;

/** Turns one piece of normalised text into tokens. Immutable, thread safe. */
sealed interface Model permits BytePairEncoding, Unigram, WordLevel, WordPiece {

    Vocabulary vocabulary();

    /** Adds the tokens of the non-empty range [from, to); their word is the given one. */
    void encode(NormalizedText text, int from, int to, int word, TokenBuffer tokens);
}
