package org.candor.tokenizer.internal;

/** Drops white space at the ends. */
record StripWhiteSpace(UnicodeTables tables, boolean left, boolean right) implements Normalizer {
    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int from = 0;
        int to = text.length();
        while (left && from < to && isWhiteSpace(points[from])) {
            from++;
        }
        while (right && to > from && isWhiteSpace(points[to - 1])) {
            to--;
        }
        int[] positions = text.positions();
        text.rewrite();
        for (int i = from; i < to; i++) {
            text.emit(points[i], positions[i]);
        }
        text.finish();
    }

    private boolean isWhiteSpace(int codePoint) {
        return (tables.classes().get(codePoint) & UnicodeTables.WHITE_SPACE) != 0;
    }
}
