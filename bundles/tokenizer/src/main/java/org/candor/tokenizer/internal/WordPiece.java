package org.candor.tokenizer.internal;

/** Longest match first; a word with a part that is no token is unknown as a whole. */
final class WordPiece implements Model {
    private final Vocabulary vocabulary;
    private final CodePointTrie trie;
    private final int continuing;
    private final int unknown;
    private final int maxCharacters;

    /**
     * @param continuingPrefix before tokens that do not begin a word
     * @param unknown id of the token for unknown words
     * @param maxCharacters longer words are unknown
     */
    WordPiece(Vocabulary vocabulary, String continuingPrefix, int unknown, int maxCharacters) {
        this.vocabulary = vocabulary;
        this.trie = vocabulary.trie();
        this.continuing = trie.find(CodePointTrie.ROOT, continuingPrefix);
        this.unknown = unknown;
        this.maxCharacters = maxCharacters;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void encode(NormalizedText text, int from, int to, int word, TokenBuffer tokens) {
        int before = tokens.length();
        if (to - from <= maxCharacters && split(text, from, to, word, tokens)) {
            return;
        }
        tokens.shrink(before);
        tokens.add(unknown, vocabulary.token(unknown), text.originalStart(from), text.originalEnd(to), word);
    }

    private boolean split(NormalizedText text, int from, int to, int word, TokenBuffer tokens) {
        int[] points = text.codePoints();
        int node = CodePointTrie.ROOT;
        for (int at = from; at < to; ) {
            long found = node == CodePointTrie.NONE ? -1 : trie.longest(node, points, at, to);
            if (found < 0) {
                return false;
            }
            int end = (int) (found >>> 32);
            int id = (int) found;
            tokens.add(id, vocabulary.token(id), text.originalStart(at), text.originalEnd(end), word);
            at = end;
            node = continuing;
        }
        return true;
    }
}
