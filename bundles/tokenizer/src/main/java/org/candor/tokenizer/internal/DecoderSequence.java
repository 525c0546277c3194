package org.candor.tokenizer.internal;

import java.util.List;

/** Decoders one after the other. */
record DecoderSequence(List<Decoder> steps) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        List<String> pieces = tokens;
        for (Decoder step : steps) {
            pieces = step.decode(pieces);
        }
        return pieces;
    }

    @Override
    public boolean joinsBytes() {
        return steps.stream().anyMatch(Decoder::joinsBytes);
    }
}
