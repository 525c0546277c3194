package org.candor.tokenizer.internal;

import java.util.Arrays;

/**
 * The most probable way to write a piece as tokens (Kudo, 2018, section 3.1): best sums of log probabilities from left to
 * right. A character without a token costs ten more than the worst token.
 */
final class Unigram implements Model {
    private static final double UNKNOWN_PENALTY = 10;

    private final Vocabulary vocabulary;
    private final double[] scores;
    private final int unknown;
    private final boolean byteFallback;
    private final double unknownScore;
    private final CodePointTrie trie;
    private final int[] byteTokens = new int[256];
    private final WordCache cache = new WordCache();

    /**
     * @param scores log probability of each token
     * @param unknown id of the token for everything else, or -1: then text without tokens is refused
     * @param byteFallback tokens of the UTF-8 bytes instead, where all have one
     */
    Unigram(Vocabulary vocabulary, double[] scores, int unknown, boolean byteFallback) {
        this.vocabulary = vocabulary;
        this.scores = scores;
        this.unknown = unknown;
        this.byteFallback = byteFallback;
        this.unknownScore = Arrays.stream(scores).min().orElse(0) - UNKNOWN_PENALTY;
        this.trie = vocabulary.trie();
        Arrays.setAll(
                byteTokens, b -> vocabulary.id(String.format("<0x%02X>", b)).orElse(-1));
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void encode(NormalizedText text, int from, int to, int word, TokenBuffer tokens) {
        int[] points = text.codePoints();
        if (cache.emit(vocabulary, text, from, to, word, tokens)) {
            return;
        }
        int length = to - from;
        double[] best = new double[length + 1];
        int[] starts = new int[length + 1];
        int[] ids = new int[length + 1];
        Arrays.fill(starts, -1);
        for (int at = 0; at < length; at++) {
            double till = best[at];
            boolean single = false;
            int node = CodePointTrie.ROOT;
            for (int end = at; end < length; end++) {
                node = trie.child(node, points[from + end]);
                if (node == CodePointTrie.NONE) {
                    break;
                }
                int id = trie.value(node);
                if (id >= 0) {
                    single |= end == at;
                    double score = scores[id] + till;
                    if (starts[end + 1] < 0 || score > best[end + 1]) {
                        best[end + 1] = score;
                        starts[end + 1] = at;
                        ids[end + 1] = id;
                    }
                }
            }
            if (!single) {
                double score = unknownScore + till;
                if (starts[at + 1] < 0 || score > best[at + 1]) {
                    best[at + 1] = score;
                    starts[at + 1] = at;
                    ids[at + 1] = -1;
                }
            }
        }
        // The way back, turned round: the start of each token leads to its end.
        int[] next = new int[length + 1];
        for (int end = length; end > 0; end = starts[end]) {
            next[starts[end]] = end;
        }
        WordTokens found = new WordTokens(Math.min(length, 64));
        boolean allKnown = true;
        for (int at = 0; at < length; ) {
            int end = next[at];
            if (isUnknown(ids[end])) {
                while (end < length && isUnknown(ids[next[end]])) {
                    end = next[end];
                }
                allKnown &= unknown(text, from, at, end, found);
            } else {
                found.add(ids[end], at, end);
            }
            at = end;
        }
        if (allKnown) {
            cache.put(text, from, to, found);
        }
        for (int i = 0; i < found.count(); i++) {
            int id = found.id(i);
            int start = from + found.start(i);
            int end = from + found.end(i);
            // An unknown piece keeps its text.
            String token = id == unknown ? text.text(start, end) : vocabulary.token(id);
            tokens.add(id, token, text.originalStart(start), text.originalEnd(end), word);
        }
    }

    private boolean isUnknown(int id) {
        return id < 0 || id == unknown;
    }

    /** Characters without tokens, those beside each other as one; whether the tokens' own texts stand for them. */
    private boolean unknown(NormalizedText text, int offset, int from, int to, WordTokens found) {
        String piece = text.text(offset + from, offset + to);
        int known = vocabulary.id(piece).orElse(-1);
        if (known >= 0) {
            found.add(known, from, to);
            return known != unknown;
        }
        if (byteFallback && allBytes(text.codePoints(), offset + from, offset + to)) {
            for (int i = offset + from; i < offset + to; i++) {
                int c = text.codePoints()[i];
                int length = ByteAlphabet.length(c);
                for (int b = 0; b < length; b++) {
                    found.add(byteTokens[ByteAlphabet.utf8(c, length, b)], from, to);
                }
            }
            return true;
        }
        if (unknown < 0) {
            throw new IllegalArgumentException("\"" + (piece.length() > 40 ? piece.substring(0, 40) + "..." : piece)
                    + "\" has no token and the tokenizer has none for unknown text (model.unk_id)");
        }
        found.add(unknown, from, to);
        return false;
    }

    private boolean allBytes(int[] points, int from, int to) {
        for (int i = from; i < to; i++) {
            int length = ByteAlphabet.length(points[i]);
            for (int b = 0; b < length; b++) {
                if (byteTokens[ByteAlphabet.utf8(points[i], length, b)] < 0) {
                    return false;
                }
            }
        }
        return true;
    }
}
