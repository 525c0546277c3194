package org.candor.tokenizer.internal;

import org.candor.tokenizer.internal.regex.Regex;
import org.candor.tokenizer.internal.regex.RegexMatcher;

/** Replaces what a regular expression matches; the replacement stands where the last replaced character did, or the one before. */
record ReplacePattern(Regex regex, int[] content) implements Normalizer {
    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int[] positions = text.positions();
        int length = text.length();
        if (length == 0) {
            return;
        }
        RegexMatcher matcher = new RegexMatcher(regex);
        matcher.reset(points, 0, length);
        text.rewrite();
        int done = 0;
        while (matcher.find()) {
            for (; done < matcher.start(); done++) {
                text.emit(points[done], positions[done]);
            }
            done = matcher.end();
            int position = done > 0 ? positions[done - 1] : ~positions[0];
            for (int c : content) {
                text.emit(c, position);
            }
        }
        for (; done < length; done++) {
            text.emit(points[done], positions[done]);
        }
        text.finish();
    }
}
