package org.candor.tokenizer.internal;

import java.util.List;

/** Turns tokens back into text. Immutable, thread safe. */
sealed interface Decoder
        permits ByteFallbackDecoder,
                ByteLevelDecoder,
                CtcDecoder,
                DecoderSequence,
                FuseDecoder,
                MetaspaceDecoder,
                PatternDecoder,
                ReplaceDecoder,
                StripDecoder,
                SuffixDecoder,
                WordPieceDecoder {

    /** The pieces of text that the tokens stand for. */
    List<String> decode(List<String> tokens);

    /** Whether byte tokens such as {@code <0x0A>} become the bytes they name. */
    default boolean joinsBytes() {
        return false;
    }
}
