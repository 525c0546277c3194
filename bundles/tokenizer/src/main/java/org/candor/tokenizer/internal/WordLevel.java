package org.candor.tokenizer.internal;

/** A piece is a token or unknown. */
final class WordLevel implements Model {
    private final Vocabulary vocabulary;
    private final CodePointTrie trie;
    private final int unknown;

    /** @param unknown id of the token for everything else */
    WordLevel(Vocabulary vocabulary, int unknown) {
        this.vocabulary = vocabulary;
        this.trie = vocabulary.trie();
        this.unknown = unknown;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void encode(NormalizedText text, int from, int to, int word, TokenBuffer tokens) {
        int[] points = text.codePoints();
        int node = CodePointTrie.ROOT;
        for (int i = from; i < to && node != CodePointTrie.NONE; i++) {
            node = trie.child(node, points[i]);
        }
        int found = node == CodePointTrie.NONE ? -1 : trie.value(node);
        int id = found < 0 ? unknown : found;
        tokens.add(id, vocabulary.token(id), text.originalStart(from), text.originalEnd(to), word);
    }
}
