package org.candor.tokenizer.internal;

/** Puts text before non-empty text; it stands where the first character does. */
record Prepend(int[] prefix) implements Normalizer {
    @Override
    public void apply(NormalizedText text) {
        int length = text.length();
        if (length == 0) {
            return;
        }
        int[] points = text.codePoints();
        int[] positions = text.positions();
        text.rewrite();
        for (int c : prefix) {
            text.emit(c, positions[0]);
        }
        for (int i = 0; i < length; i++) {
            text.emit(points[i], positions[i]);
        }
        text.finish();
    }
}
