package org.candor.tokenizer.internal;

/** Replaces a fixed text; the replacement stands where the last replaced character did. */
record ReplaceText(int[] pattern, int[] content) implements Normalizer {
    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int[] positions = text.positions();
        int length = text.length();
        text.rewrite();
        for (int i = 0; i < length; ) {
            if (!matches(points, i, length)) {
                text.emit(points[i], positions[i]);
                i++;
                continue;
            }
            i += pattern.length;
            for (int c : content) {
                text.emit(c, positions[i - 1]);
            }
        }
        text.finish();
    }

    private boolean matches(int[] points, int at, int length) {
        if (length - at < pattern.length) {
            return false;
        }
        for (int i = 0; i < pattern.length; i++) {
            if (points[at + i] != pattern[i]) {
                return false;
            }
        }
        return true;
    }
}
