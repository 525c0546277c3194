package org.candor.tokenizer.internal;

/** Runs of word characters, runs of other characters, white space dropped: the pattern {@code \w+|[^\w\s]+}. */
record WordSplit(CodePointTable classes) implements PreTokenizer {
    @Override
    public void apply(Pieces pieces) {
        int[] points = pieces.text().codePoints();
        pieces.resplit();
        for (int i = 0; i < pieces.count(); i++) {
            int to = pieces.to(i);
            int start = pieces.from(i);
            int before = UnicodeTables.WHITE_SPACE;
            for (int at = start; at < to; at++) {
                int kind = classes.get(points[at]) & (UnicodeTables.WHITE_SPACE | UnicodeTables.WORD);
                if (kind != before) {
                    if (before != UnicodeTables.WHITE_SPACE) {
                        pieces.add(start, at);
                    }
                    start = at;
                    before = kind;
                }
            }
            if (before != UnicodeTables.WHITE_SPACE) {
                pieces.add(start, to);
            }
        }
        pieces.finish();
    }
}
