package org.candor.tokenizer.internal;

/** Splits normalised text into what the model sees one by one. Immutable, thread safe. */
sealed interface PreTokenizer permits CharacterSplit, PreTokenizerSequence, WordSplit {

    void apply(Pieces pieces);
}
