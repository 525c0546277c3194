package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Text to tokens, before truncation and special tokens. Where the pre-tokenizer ends in writing bytes as characters, the model
 * reads the bytes itself instead. Immutable, thread safe.
 */
final class SequenceEncoder {
    private final AddedVocabulary added;
    private final Normalizer normalizer;
    private final PreTokenizer preTokenizer;
    private final Model model;
    private final PreTokenizer fastPreTokenizer;
    private final Model fastModel;

    SequenceEncoder(AddedVocabulary added, Normalizer normalizer, PreTokenizer preTokenizer, Model model) {
        this.added = added;
        this.normalizer = normalizer;
        this.preTokenizer = preTokenizer;
        this.model = model;
        PreTokenizer words = withoutBytes(preTokenizer);
        Model ofBytes = words != null && model instanceof BytePairEncoding bytePairs ? bytePairs.ofBytes() : null;
        this.fastPreTokenizer = ofBytes == null ? preTokenizer : words;
        this.fastModel = ofBytes == null ? model : ofBytes;
    }

    /** The same without the bytes at its end; null when there are none. */
    private static PreTokenizer withoutBytes(PreTokenizer preTokenizer) {
        return switch (preTokenizer) {
            case ByteLevel level -> level.withoutBytes();
            case PreTokenizerSequence(List<PreTokenizer> steps)
            when !steps.isEmpty() && steps.getLast() instanceof ByteLevel level -> {
                List<PreTokenizer> words = new ArrayList<>(steps.subList(0, steps.size() - 1));
                words.add(level.withoutBytes());
                yield new PreTokenizerSequence(List.copyOf(words));
            }
            default -> null;
        };
    }

    AddedVocabulary added() {
        return added;
    }

    Normalizer normalizer() {
        return normalizer;
    }

    PreTokenizer preTokenizer() {
        return preTokenizer;
    }

    Model model() {
        return model;
    }

    /** The same, but every stage by itself: what the fast way is compared with. */
    SequenceEncoder stepByStep() {
        return new SequenceEncoder(this);
    }

    private SequenceEncoder(SequenceEncoder other) {
        this.added = other.added;
        this.normalizer = other.normalizer;
        this.preTokenizer = other.preTokenizer;
        this.model = other.model;
        this.fastPreTokenizer = other.preTokenizer;
        this.fastModel = other.model;
    }

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
            fastPreTokenizer.apply(pieces);
            NormalizedText split = pieces.text();
            for (int i = 0; i < pieces.count(); i++) {
                fastModel.encode(split, pieces.from(i), pieces.to(i), word(), tokens);
            }
        }
    }
}
