package org.candor.tokenizer.internal;

/**
 * SentencePiece's way: blanks become a visible mark, one is put in front, and words begin with it.
 *
 * @param mark one character, usually U+2581
 * @param scheme where a mark is put in front
 * @param split whether words are split
 */
record Metaspace(int mark, Scheme scheme, boolean split) implements PreTokenizer {

    /** Which pieces get a mark in front if they do not begin with one. */
    enum Scheme {
        ALWAYS,
        /** Only the piece with which the text begins. */
        FIRST,
        NEVER
    }

    @Override
    public void apply(Pieces pieces) {
        NormalizedText old = pieces.text();
        int[] points = old.codePoints();
        int[] positions = old.positions();
        NormalizedText text = pieces.rewrite();
        for (int i = 0; i < pieces.count(); i++) {
            int from = pieces.from(i);
            int to = pieces.to(i);
            int begin = text.written();
            boolean wanted = scheme == Scheme.ALWAYS || scheme == Scheme.FIRST && old.originalStart(from) == 0;
            if (wanted && points[from] != mark && points[from] != ' ') {
                text.emit(mark, positions[from]);
            }
            for (int at = from; at < to; at++) {
                int c = points[at] == ' ' ? mark : points[at];
                if (split && c == mark && text.written() > begin) {
                    pieces.add(begin, text.written());
                    begin = text.written();
                }
                text.emit(c, positions[at]);
            }
            pieces.add(begin, text.written());
        }
        pieces.finishRewrite();
    }

    /** Puts a character in front of pieces that do not begin with it; it stands where the first character does. */
    static void prefix(Pieces pieces, int character) {
        NormalizedText old = pieces.text();
        boolean needed = false;
        for (int i = 0; i < pieces.count(); i++) {
            needed |= old.codePoints()[pieces.from(i)] != character;
        }
        if (!needed) {
            return;
        }
        int[] points = old.codePoints();
        int[] positions = old.positions();
        NormalizedText text = pieces.rewrite();
        for (int i = 0; i < pieces.count(); i++) {
            int from = pieces.from(i);
            int begin = text.written();
            if (points[from] != character) {
                text.emit(character, positions[from]);
            }
            for (int at = from; at < pieces.to(i); at++) {
                text.emit(points[at], positions[at]);
            }
            pieces.add(begin, text.written());
        }
        pieces.finishRewrite();
    }
}
