package org.candor.tokenizer.internal;

/**
 * Takes blanks out of the offsets of byte-level tokens: those are in the token, but not what it stands for.
 *
 * @param classes knows white space
 * @param prefixSpace whether the first token's first blank may be one that was put there, which stays
 */
record OffsetTrim(CodePointTable classes, boolean prefixSpace) {
    private static final char BLANK = '\u0120';

    /** Trims the tokens [from, to), which are the beginning of a text or of an overflowing part of it. */
    void apply(EncodingArrays arrays, int from, int to) {
        for (int i = from; i < to; i++) {
            String token = arrays.tokens[i];
            int length = token.length();
            if (length == 0 || !isBlank(token.charAt(0)) && !isBlank(token.charAt(length - 1))) {
                continue;
            }
            // All white space is in the basic plane.
            int leading = 0;
            while (leading < length && isBlank(token.charAt(leading))) {
                leading++;
            }
            int trailing = 0;
            while (trailing < length && isBlank(token.charAt(length - 1 - trailing))) {
                trailing++;
            }
            if (leading > 0) {
                boolean first = i == from || arrays.starts[i] == 0;
                // A single one may have been put there; of several none was.
                leading = first && prefixSpace && leading == 1 ? 0 : leading;
                arrays.starts[i] = Math.min(arrays.starts[i] + leading, arrays.ends[i]);
            }
            if (trailing > 0 && arrays.ends[i] >= trailing) {
                arrays.ends[i] = Math.max(arrays.ends[i] - trailing, arrays.starts[i]);
            }
        }
    }

    private boolean isBlank(char c) {
        return c == BLANK || c == ' ' || (classes.get(c) & UnicodeTables.WHITE_SPACE) != 0;
    }
}
