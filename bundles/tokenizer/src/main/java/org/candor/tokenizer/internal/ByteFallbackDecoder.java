package org.candor.tokenizer.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Turns runs of byte tokens such as {@code <0x0A>} into text; a run that is not UTF-8 gives U+FFFD for each byte. */
record ByteFallbackDecoder() implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
        List<String> pieces = new ArrayList<>(tokens.size());
        ByteArrayOutputStream run = new ByteArrayOutputStream();
        for (String token : tokens) {
            int value = byteValue(token);
            if (value >= 0) {
                run.write(value);
                continue;
            }
            flush(run, pieces);
            pieces.add(token);
        }
        flush(run, pieces);
        return pieces;
    }

    @Override
    public boolean joinsBytes() {
        return true;
    }

    /** The byte that a token names, or -1. */
    static int byteValue(String token) {
        if (token.length() != 6 || !token.startsWith("<0x") || !token.endsWith(">")) {
            return -1;
        }
        int high = Character.digit(token.charAt(3), 16);
        int low = Character.digit(token.charAt(4), 16);
        boolean ascii = token.charAt(3) < 128 && token.charAt(4) < 128;
        return ascii && high >= 0 && low >= 0 ? high << 4 | low : -1;
    }

    private static void flush(ByteArrayOutputStream run, List<String> pieces) {
        if (run.size() == 0) {
            return;
        }
        try {
            pieces.add(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(run.toByteArray()))
                    .toString());
        } catch (CharacterCodingException e) {
            for (int i = 0; i < run.size(); i++) {
                pieces.add("\uFFFD");
            }
        }
        run.reset();
    }
}
