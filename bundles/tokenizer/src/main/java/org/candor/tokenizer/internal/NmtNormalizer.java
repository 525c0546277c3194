package org.candor.tokenizer.internal;

/** Drops control characters and turns odd blanks into U+0020, as SentencePiece's nmt rules do. */
record NmtNormalizer(CodePointRanges removed, CodePointRanges blanks) implements Normalizer {
    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int[] positions = text.positions();
        int length = text.length();
        text.rewrite();
        for (int i = 0; i < length; i++) {
            int c = points[i];
            if (!removed.contains(c)) {
                text.emit(blanks.contains(c) ? ' ' : c, positions[i]);
            }
        }
        text.finish();
    }
}
