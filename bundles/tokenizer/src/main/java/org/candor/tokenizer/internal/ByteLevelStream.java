package org.candor.tokenizer.internal;

import java.util.function.IntFunction;
import org.candor.api.tokenize.TokenStream;

/** Streams byte-level tokens: what bytes become does not depend on neighbours, so each id costs its own length only. */
final class ByteLevelStream implements TokenStream {
    private final IntFunction<String> tokens;
    private final Utf8Decoder decoder = new Utf8Decoder();
    private final StringBuilder held = new StringBuilder();

    /** @param tokens text of an id, or null when it adds nothing */
    ByteLevelStream(IntFunction<String> tokens) {
        this.tokens = tokens;
    }

    @Override
    public String next(int id) {
        String token = tokens.apply(id);
        if (token == null) {
            return "";
        }
        ByteLevelDecoder.write(token, decoder, held);
        int length = held.length();
        boolean open = decoder.isInside() || length > 0 && held.charAt(length - 1) == '\uFFFD';
        return length == 0 || open ? "" : take();
    }

    @Override
    public String finish() {
        decoder.finish(held);
        return take();
    }

    private String take() {
        String text = held.toString();
        held.setLength(0);
        return text;
    }
}
