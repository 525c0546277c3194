package org.candor.tokenizer.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds added tokens: leftmost, then longest, then as their flags say. Immutable, thread safe. */
final class AddedTokenMatcher {

    /** Gets the stretches of a text, in order. */
    interface Stretches {
        /** @param token null for text between added tokens */
        void stretch(AddedToken token, int from, int to);
    }

    private final CodePointTrie trie;
    private final AddedToken[] tokens;
    private final CodePointTable classes;
    private final boolean empty;
    /** ASCII characters that a pattern begins with, one bit each. */
    private final long firstBelow64;

    private final long firstBelow128;

    /**
     * @param patterns what to look for, the added token's content or its normal form; empty ones are never found
     * @param tokens the token of each pattern; of equal patterns the first counts
     */
    AddedTokenMatcher(List<String> patterns, List<AddedToken> tokens, CodePointTable classes) {
        Map<String, AddedToken> distinct = new LinkedHashMap<>();
        for (int i = 0; i < patterns.size(); i++) {
            if (!patterns.get(i).isEmpty()) {
                distinct.putIfAbsent(patterns.get(i), tokens.get(i));
            }
        }
        int[] indices = new int[distinct.size()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = i;
        }
        this.trie = CodePointTrie.of(distinct.keySet().toArray(String[]::new), indices);
        this.tokens = distinct.values().toArray(AddedToken[]::new);
        this.classes = classes;
        this.empty = distinct.isEmpty();
        long below64 = 0;
        long below128 = 0;
        for (String pattern : distinct.keySet()) {
            int c = pattern.codePointAt(0);
            below64 |= c < 64 ? 1L << c : 0;
            below128 |= c >= 64 && c < 128 ? 1L << c : 0;
        }
        this.firstBelow64 = below64;
        this.firstBelow128 = below128;
    }

    /** Gives all stretches of [0, length). */
    void scan(int[] text, int length, Stretches stretches) {
        int done = 0;
        for (int at = 0; !empty && at < length; ) {
            int c = text[at];
            boolean possible = c >= 128 || ((c < 64 ? firstBelow64 : firstBelow128) >>> c & 1) != 0;
            long found = possible ? trie.longest(CodePointTrie.ROOT, text, at, length) : -1;
            if (found < 0) {
                at++;
                continue;
            }
            int start = at;
            int end = (int) (found >>> 32);
            at = end;
            AddedToken token = tokens[(int) found];
            if (token.singleWord()
                    && (start > 0 && is(text[start - 1], UnicodeTables.WORD)
                            || end < length && is(text[end], UnicodeTables.WORD))) {
                continue;
            }
            while (token.leftStrip() && start > done && is(text[start - 1], UnicodeTables.WHITE_SPACE)) {
                start--;
            }
            while (token.rightStrip() && end < length && is(text[end], UnicodeTables.WHITE_SPACE)) {
                end++;
            }
            if (done < start) {
                stretches.stretch(null, done, start);
            }
            stretches.stretch(token, start, end);
            done = end;
        }
        if (done < length) {
            stretches.stretch(null, done, length);
        }
    }

    private boolean is(int codePoint, int bit) {
        return (classes.get(codePoint) & bit) != 0;
    }
}
