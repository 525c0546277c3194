package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Connectionist temporal classification: repeats are one, padding is nothing.
 *
 * @param padding token that parts repeats
 * @param delimiter token between words; it becomes a blank in clean-up
 * @param cleanup whether blanks before punctuation and contractions go too
 */
record CtcDecoder(String padding, String delimiter, boolean cleanup) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        List<String> pieces = new ArrayList<>(tokens.size());
        String before = null;
        for (String token : tokens) {
            if (token.equals(before)) {
                continue;
            }
            before = token;
            String piece = padding.isEmpty() ? token : token.replace(padding, "");
            if (cleanup) {
                piece = WordPieceDecoder.clean(piece);
                piece = delimiter.isEmpty() ? piece : piece.replace(delimiter, " ");
            }
            if (!piece.isEmpty()) {
                pieces.add(piece);
            }
        }
        return pieces;
    }
}
