package org.candor.tokenizer.internal;

import java.util.List;

/** Joins all pieces to one, for the decoders after it. */
record FuseDecoder() implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        return List.of(String.join("", tokens));
    }
}
