package org.candor.tokenizer.internal;

/**
 * GPT-2's way: an optional blank in front, words, and then the bytes of each word, written as the characters that stand for
 * them.
 *
 * @param prefixSpace whether a piece that does not begin with a blank gets one
 * @param words what splits, or null
 * @param bytes whether the bytes are written; not where the model reads them itself
 */
record ByteLevel(boolean prefixSpace, PreTokenizer words, boolean bytes) implements PreTokenizer {
    @Override
    public void apply(Pieces pieces) {
        if (prefixSpace) {
            Metaspace.prefix(pieces, ' ');
        }
        if (words != null) {
            words.apply(pieces);
        }
        if (!bytes) {
            return;
        }
        NormalizedText old = pieces.text();
        int[] points = old.codePoints();
        int[] positions = old.positions();
        NormalizedText text = pieces.rewrite();
        for (int i = 0; i < pieces.count(); i++) {
            int begin = text.written();
            for (int at = pieces.from(i); at < pieces.to(i); at++) {
                ByteAlphabet.spell(points[at], positions[at], text);
            }
            pieces.add(begin, text.written());
        }
        pieces.finishRewrite();
    }

    /** Everything but the bytes. */
    ByteLevel withoutBytes() {
        return new ByteLevel(prefixSpace, words, false);
    }
}
