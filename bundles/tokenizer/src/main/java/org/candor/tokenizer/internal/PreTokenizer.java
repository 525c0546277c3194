package org.candor.tokenizer.internal;

/** Splits normalised text into what the model sees one by one. Immutable, thread safe. */
sealed interface PreTokenizer
        permits ByteLevel,
                CharacterSplit,
                FixedLength,
                KnownSplit,
                Metaspace,
                PatternSplit,
                PreTokenizerSequence,
                ScriptSplit,
                WordSplit {

    void apply(Pieces pieces);
}
