package org.candor.tokenizer.internal;

import java.util.List;

/** Pre-tokenizers one after the other, each on the pieces of the one before. */
record PreTokenizerSequence(List<PreTokenizer> steps) implements PreTokenizer {
    @Override
    public void apply(Pieces pieces) {
        steps.forEach(step -> step.apply(pieces));
    }
}
