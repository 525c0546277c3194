package org.candor.tokenizer.internal;

/**
 * Splits at single characters of a class: white space that is dropped, then delimiters treated by their behaviour. Stands for
 * WhitespaceSplit, BertPreTokenizer, Punctuation, Digits and CharDelimiterSplit.
 *
 * @param classes bits per code point
 * @param dropped bits of characters that separate and disappear
 * @param delimiters bits of characters that separate and stay
 * @param behavior what becomes of delimiters
 */
record CharacterSplit(CodePointTable classes, int dropped, int delimiters, SplitBehavior behavior)
        implements PreTokenizer {

    @Override
    public void apply(Pieces pieces) {
        pieces.resplit();
        for (int i = 0; i < pieces.count(); i++) {
            if (behavior == SplitBehavior.ISOLATED) {
                isolate(pieces, pieces.from(i), pieces.to(i));
            } else {
                split(pieces, pieces.from(i), pieces.to(i));
            }
        }
        pieces.finish();
    }

    /** What BERT does, the hot path: most characters are neither dropped nor delimiters. */
    private void isolate(Pieces pieces, int from, int to) {
        int[] points = pieces.text().codePoints();
        int separators = dropped | delimiters;
        int start = from;
        for (int i = from; i < to; i++) {
            int bits = classes.get(points[i]) & separators;
            if (bits != 0) {
                pieces.add(start, i);
                if ((bits & dropped) == 0) {
                    pieces.add(i, i + 1);
                }
                start = i + 1;
            }
        }
        pieces.add(start, to);
    }

    private void split(Pieces pieces, int from, int to) {
        int[] points = pieces.text().codePoints();
        int start = from;
        boolean delimiterBefore = false;
        for (int i = from; i < to; i++) {
            int bits = classes.get(points[i]);
            if ((bits & dropped) != 0) {
                pieces.add(start, i);
                start = i + 1;
                delimiterBefore = false;
                continue;
            }
            boolean delimiter = (bits & delimiters) != 0;
            switch (behavior) {
                case REMOVED -> {
                    if (delimiter) {
                        pieces.add(start, i);
                        start = i + 1;
                    }
                }
                case ISOLATED -> throw new IllegalStateException("isolated delimiters have their own loop");
                case CONTIGUOUS -> {
                    if (delimiter != delimiterBefore) {
                        pieces.add(start, i);
                        start = i;
                    }
                }
                case MERGED_WITH_PREVIOUS -> {
                    if (delimiter) {
                        // Only the first of a run joins what is before it.
                        if (delimiterBefore) {
                            pieces.add(start, i);
                            start = i;
                        }
                        pieces.add(start, i + 1);
                        start = i + 1;
                    }
                }
                case MERGED_WITH_NEXT -> {
                    if (delimiter) {
                        pieces.add(start, i);
                        start = i;
                    }
                }
            }
            delimiterBefore = delimiter;
        }
        pieces.add(start, to);
    }
}
