package org.candor.tokenizer.internal;

import org.candor.tokenizer.internal.regex.Regex;
import org.candor.tokenizer.internal.regex.RegexMatcher;

/**
 * Splits at what a regular expression matches.
 *
 * @param inverted whether the text between matches is the delimiter instead
 * @param behavior what becomes of delimiters
 */
record PatternSplit(Regex regex, boolean inverted, SplitBehavior behavior) implements PreTokenizer {
    @Override
    public void apply(Pieces pieces) {
        int[] points = pieces.text().codePoints();
        RegexMatcher matcher = new RegexMatcher(regex);
        Spans spans = new Spans();
        pieces.resplit();
        for (int i = 0; i < pieces.count(); i++) {
            int to = pieces.to(i);
            int done = pieces.from(i);
            spans.begin();
            matcher.reset(points, done, to);
            while (matcher.find()) {
                spans.span(done, matcher.start(), inverted, true);
                spans.span(matcher.start(), matcher.end(), !inverted, false);
                done = matcher.end();
            }
            spans.span(done, to, inverted, true);
            for (int s = 0; s < spans.count; s++) {
                pieces.add(spans.bounds[2 * s], spans.bounds[2 * s + 1]);
            }
        }
        pieces.finish();
    }

    /** Delimiters and what is between, put together as the behaviour says. */
    private final class Spans {
        private int[] bounds = new int[64];
        private int count;
        private boolean delimiterBefore;

        void begin() {
            count = 0;
            delimiterBefore = false;
        }

        void span(int from, int to, boolean delimiter, boolean between) {
            if (from == to && between) {
                return;
            }
            switch (behavior) {
                case ISOLATED -> add(from, to);
                case REMOVED -> {
                    if (!delimiter) {
                        add(from, to);
                    }
                }
                case CONTIGUOUS -> {
                    if (delimiter == delimiterBefore && count > 0) {
                        bounds[2 * count - 1] = to;
                    } else {
                        add(from, to);
                    }
                }
                case MERGED_WITH_PREVIOUS -> {
                    if (delimiter && !delimiterBefore && count > 0) {
                        bounds[2 * count - 1] = to;
                    } else {
                        add(from, to);
                    }
                }
                case MERGED_WITH_NEXT -> {
                    // Only the last delimiter of a run joins what is behind it.
                    if (delimiterBefore && !delimiter) {
                        bounds[2 * count - 1] = to;
                    } else {
                        add(from, to);
                    }
                }
            }
            delimiterBefore = delimiter;
        }

        private void add(int from, int to) {
            if (2 * count == bounds.length) {
                bounds = java.util.Arrays.copyOf(bounds, bounds.length * 2);
            }
            bounds[2 * count] = from;
            bounds[2 * count++ + 1] = to;
        }
    }
}
