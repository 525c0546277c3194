package org.candor.tokenizer.internal;

import java.util.List;

/** Turns tokens back into text. Immutable, thread safe. */
sealed interface Decoder
        permits ByteFallbackDecoder,
                DecoderSequence,
                FuseDecoder,
                MetaspaceDecoder,
                ReplaceDecoder,
                StripDecoder,
                SuffixDecoder,
                WordPieceDecoder {

    /** The pieces of text that the tokens stand for. */
    List<String> decode(List<String> tokens);
}
