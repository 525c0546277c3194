package org.candor.tokenizer.internal;

import java.util.List;

/** Replaces a fixed text in each piece. */
record ReplaceDecoder(String pattern, String content) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        return tokens.stream().map(token -> token.replace(pattern, content)).toList();
    }
}
