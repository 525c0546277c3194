package org.candor.tokenizer.internal;

import java.util.List;

/** Normalisers one after the other. */
record NormalizerSequence(List<Normalizer> steps) implements Normalizer {
    @Override
    public void apply(NormalizedText text) {
        steps.forEach(step -> step.apply(text));
    }
}
