package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Joins word pieces.
 *
 * @param prefix of tokens that go on with a word
 * @param cleanup whether blanks before punctuation and contractions go, token by token
 */
record WordPieceDecoder(String prefix, boolean cleanup) implements Decoder {
    private static final String[][] CLEANUP = {
        {" .", "."},
        {" ?", "?"},
        {" !", "!"},
        {" ,", ","},
        {" ' ", "'"},
        {" n't", "n't"},
        {" 'm", "'m"},
        {" do not", " don't"},
        {" 's", "'s"},
        {" 've", "'ve"},
        {" 're", "'re"}
    };

    @Override
    public List<String> decode(List<String> tokens) {
        List<String> pieces = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            String piece = tokens.get(i);
            if (i > 0) {
                piece = piece.startsWith(prefix) ? piece.substring(prefix.length()) : " " + piece;
            }
            pieces.add(cleanup ? clean(piece) : piece);
        }
        return pieces;
    }

    static String clean(String piece) {
        String cleaned = piece;
        if (cleaned.indexOf(' ') >= 0) {
            for (String[] rule : CLEANUP) {
                cleaned = cleaned.replace(rule[0], rule[1]);
            }
        }
        return cleaned;
    }
}
