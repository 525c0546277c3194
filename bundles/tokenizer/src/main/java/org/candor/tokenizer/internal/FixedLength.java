package org.candor.tokenizer.internal;

/** Pieces of so many code points; the last one may be shorter. */
record FixedLength(int length) implements PreTokenizer {
    @Override
    public void apply(Pieces pieces) {
        pieces.resplit();
        for (int i = 0; i < pieces.count(); i++) {
            int to = pieces.to(i);
            for (int at = pieces.from(i); at < to; ) {
                int end = to - at <= length ? to : at + length;
                pieces.add(at, end);
                at = end;
            }
        }
        pieces.finish();
    }
}
