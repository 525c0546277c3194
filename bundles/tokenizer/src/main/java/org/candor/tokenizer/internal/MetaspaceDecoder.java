package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns the mark for a blank back into one.
 *
 * @param mark one character
 * @param prepended whether marks at the start of the text were put there by the tokenizer
 */
record MetaspaceDecoder(String mark, boolean prepended) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        List<String> pieces = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            pieces.add(tokens.get(i).replace(mark, i == 0 && prepended ? "" : " "));
        }
        return pieces;
    }
}
