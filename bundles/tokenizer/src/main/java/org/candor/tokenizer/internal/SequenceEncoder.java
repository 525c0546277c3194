package org.candor.tokenizer.internal;

import java.util.List;

/** Text to tokens, before truncation and special tokens. Immutable, thread safe. */
record SequenceEncoder(AddedVocabulary added, Normalizer normalizer, PreTokenizer preTokenizer, Model model) {

    /** One text: each piece is a word. */
    void text(String text, EncodeBuffers buffers, TokenBuffer tokens) {
        tokens.clear();
        new Run(buffers, tokens, -1).encode(text);
    }

    /** Words: offsets are within each. */
    void words(List<String> words, EncodeBuffers buffers, TokenBuffer tokens) {
        tokens.clear();
        for (int i = 0; i < words.size(); i++) {
            new Run(buffers, tokens, i).encode(words.get(i));
        }
    }

    /** The encoding of one text. */
    private final class Run {
        private final EncodeBuffers buffers;
        private final TokenBuffer tokens;
        /** Word of all tokens, or -1 when each piece is one. */
        private final int fixedWord;

        private int nextWord;

        Run(EncodeBuffers buffers, TokenBuffer tokens, int fixedWord) {
            this.buffers = buffers;
            this.tokens = tokens;
            this.fixedWord = fixedWord;
        }

        void encode(String text) {
            buffers.read(text);
            added.inOriginal().scan(buffers.original(), buffers.length(), this::original);
        }

        private int word() {
            return fixedWord >= 0 ? fixedWord : nextWord++;
        }

        private void original(AddedToken token, int from, int to) {
            if (token != null) {
                int length = token.content().length();
                String matched =
                        to - from == length && length == token.content().codePointCount(0, length)
                                ? token.content()
                                : new String(buffers.original(), from, to - from);
                tokens.add(token.id(), matched, from, to, word());
                return;
            }
            NormalizedText text = buffers.text();
            text.set(buffers.original(), from, to);
            normalizer.apply(text);
            added.inNormalized().scan(text.codePoints(), text.length(), this::normalized);
        }

        private void normalized(AddedToken token, int from, int to) {
            NormalizedText text = buffers.text();
            if (token != null) {
                tokens.add(token.id(), text.text(from, to), text.originalStart(from), text.originalEnd(to), word());
                return;
            }
            Pieces pieces = buffers.pieces();
            pieces.reset(from, to);
            preTokenizer.apply(pieces);
            for (int i = 0; i < pieces.count(); i++) {
                model.encode(text, pieces.from(i), pieces.to(i), word(), tokens);
            }
        }
    }
}
