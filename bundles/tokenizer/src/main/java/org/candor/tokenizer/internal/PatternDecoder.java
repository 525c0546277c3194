package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;
import org.candor.tokenizer.internal.regex.Regex;
import org.candor.tokenizer.internal.regex.RegexMatcher;

/** Replaces what a regular expression matches in each piece. */
record PatternDecoder(Regex regex, String content) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        RegexMatcher matcher = new RegexMatcher(regex);
        List<String> pieces = new ArrayList<>(tokens.size());
        for (String token : tokens) {
            int[] points = token.codePoints().toArray();
            StringBuilder piece = new StringBuilder();
            int done = 0;
            matcher.reset(points, 0, points.length);
            while (points.length > 0 && matcher.find()) {
                piece.append(new String(points, done, matcher.start() - done)).append(content);
                done = matcher.end();
            }
            pieces.add(
                    piece.append(new String(points, done, points.length - done)).toString());
        }
        return pieces;
    }
}
