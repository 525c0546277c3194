package org.candor.tokenizer.internal;

/** Lower case, character by character: no rule looks at neighbours. */
record Lowercase(UnicodeTables tables) implements Normalizer {
    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int[] positions = text.positions();
        int length = text.length();
        text.rewrite();
        for (int i = 0; i < length; i++) {
            int c = points[i];
            if (c < 128) {
                text.emit(c >= 'A' && c <= 'Z' ? c + 32 : c, positions[i]);
                continue;
            }
            int[] lower = tables.lowercase(c);
            if (lower == null) {
                text.emit(c, positions[i]);
            } else {
                for (int l : lower) {
                    text.emit(l, positions[i]);
                }
            }
        }
        text.finish();
    }
}
