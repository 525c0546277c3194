package org.candor.tokenizer.internal;

/** Drops combining marks; it does not decompose, so it usually follows NFD. */
record StripAccents(CodePointRanges marks) implements Normalizer {
    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int[] positions = text.positions();
        int length = text.length();
        text.rewrite();
        for (int i = 0; i < length; i++) {
            if (points[i] < 128 || !marks.contains(points[i])) {
                text.emit(points[i], positions[i]);
            }
        }
        text.finish();
    }
}
