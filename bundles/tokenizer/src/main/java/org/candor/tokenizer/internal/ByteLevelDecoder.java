package org.candor.tokenizer.internal;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Turns the characters that stand for bytes back into those; a token with any other character stands for itself. */
record ByteLevelDecoder() implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        StringBuilder text = new StringBuilder();
        Utf8Decoder decoder = new Utf8Decoder();
        for (String token : tokens) {
            write(token, decoder, text);
        }
        decoder.finish(text);
        return List.of(text.toString());
    }

    /** One token's bytes. */
    static byte[] bytes(String token) {
        if (!ofBytes(token)) {
            return token.getBytes(StandardCharsets.UTF_8);
        }
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ByteAlphabet.value(token.charAt(i));
        }
        return bytes;
    }

    /** Whether each character stands for a byte. */
    private static boolean ofBytes(String token) {
        for (int i = 0; i < token.length(); i++) {
            if (ByteAlphabet.value(token.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Adds one token's bytes to a text. */
    static void write(String token, Utf8Decoder decoder, StringBuilder text) {
        if (ofBytes(token)) {
            for (int i = 0; i < token.length(); i++) {
                decoder.accept(ByteAlphabet.value(token.charAt(i)), text);
            }
            return;
        }
        token.codePoints().forEach(c -> {
            int length = ByteAlphabet.length(c);
            for (int i = 0; i < length; i++) {
                decoder.accept(ByteAlphabet.utf8(c, length, i), text);
            }
        });
    }
}
