package org.candor.tokenizer.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.candor.api.tokenize.EmbeddedVocabulary;
import org.candor.api.tokenize.Tokenizer;

/** Vocabularies small enough to write down, one of each kind. */
final class SmallVocabularies {
    private SmallVocabularies() {}

    /** All bytes, a few merges, one control token. */
    static EmbeddedVocabulary byteLevel(String pre) {
        List<String> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(Character.toString(ByteAlphabet.character(b)));
        }
        List<String> merges = List.of("a a", "aa aa", "h e", "l l", "he ll", "hell o", "\u0120 hello", "\u00E4 \u00BD");
        merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
        tokens.add("<end>");
        int[] types = new int[tokens.size()];
        java.util.Arrays.fill(types, 1);
        types[types.length - 1] = 3;
        return new EmbeddedVocabulary(
                "gpt2", pre, tokens, null, types, merges, -1, types.length - 1, -1, false, false, null, false, null);
    }

    /** Bytes, letters, a few pieces. */
    static EmbeddedVocabulary sentencePieces() {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            tokens.add(String.format("<0x%02X>", b));
        }
        tokens.addAll(List.of("\u2581", "a", "b", "aa", "aaaa", "ab", "\u2581a", "\u2581ab", "\u4F60"));
        float[] scores = new float[tokens.size()];
        int[] types = new int[tokens.size()];
        for (int id = 0; id < types.length; id++) {
            types[id] = id == 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1;
            scores[id] = id < 259 ? 0 : -(id - 258);
        }
        return new EmbeddedVocabulary(
                "llama", "default", tokens, scores, types, null, 1, 2, 0, true, false, true, false, null);
    }

    /** A few pieces. */
    static EmbeddedVocabulary unigram() {
        List<String> tokens = List.of("<pad>", "</s>", "<unk>", "\u2581", "a", "b", "aa", "aaaa", "ab", "\u2581ab");
        float[] scores = {0, 0, 0, -2, -3, -3, -4, -5, -4, -3.5f};
        int[] types = {3, 3, 2, 1, 1, 1, 1, 1, 1, 1};
        return new EmbeddedVocabulary("t5", null, tokens, scores, types, null, -1, 1, 2, false, true, true, true, null);
    }

    static Tokenizer read(EmbeddedVocabulary vocabulary) {
        try {
            return new JsonTokenizerFactory(1, 100_000).of("small.gguf", vocabulary);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
