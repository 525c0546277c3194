package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;

/** Turns the mark at the end of a word into a blank, and into nothing at the end of the text. */
record SuffixDecoder(String suffix) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        List<String> pieces = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            pieces.add(tokens.get(i).replace(suffix, i == tokens.size() - 1 ? "" : " "));
        }
        return pieces;
    }
}
