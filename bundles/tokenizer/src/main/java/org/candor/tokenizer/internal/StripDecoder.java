package org.candor.tokenizer.internal;

import java.util.List;

/** Takes up to so many of one character from the ends of each piece. */
record StripDecoder(String content, int start, int stop) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        return tokens.stream().map(this::strip).toList();
    }

    private String strip(String token) {
        int from = 0;
        int to = token.length();
        for (int i = 0; i < start && token.startsWith(content, from); i++) {
            from += content.length();
        }
        for (int i = 0;
                i < stop && to - from >= content.length() && token.startsWith(content, to - content.length());
                i++) {
            to -= content.length();
        }
        return token.substring(from, to);
    }
}
