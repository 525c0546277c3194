package org.candor.api.tokenize;

import java.util.Arrays;

/**
 * Streams by decoding a window of ids again and again: those since the text before the last was sent, so that a decoder that looks
 * at neighbours sees them. Text is held back while it ends in U+FFFD, which is what part of a character decodes to.
 */
final class DecodingStream implements TokenStream {
    /** A window as long as this holds nothing but damage: it is sent as it is, or each further id would cost more. */
    private static final int LONGEST_WINDOW = 4096;

    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;
    private int[] window = new int[16];
    private int length;
    private String sent = "";
    private int sentLength;

    DecodingStream(Tokenizer tokenizer, boolean skipSpecialTokens) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    @Override
    public String next(int id) {
        if (sent.isEmpty() && length > 0) {
            String text = decode();
            if (!isOpen(text)) {
                sent = text;
                sentLength = length;
            }
        }
        if (length == window.length) {
            window = Arrays.copyOf(window, length * 2);
        }
        window[length++] = id;
        String text = decode();
        if (length < LONGEST_WINDOW && (text.length() <= sent.length() || isOpen(text))) {
            return "";
        }
        String fresh = beyondSent(text);
        int kept = length - sentLength;
        System.arraycopy(window, sentLength, window, 0, kept);
        length = kept;
        sent = decode();
        sentLength = kept;
        return fresh;
    }

    @Override
    public String finish() {
        String fresh = length == 0 ? "" : beyondSent(decode());
        length = 0;
        sent = "";
        sentLength = 0;
        return fresh;
    }

    /** A few decoders change text that is already out, such as one that strips the end: that cannot be taken back. */
    private String beyondSent(String text) {
        int same = 0;
        while (same < sent.length() && same < text.length() && sent.charAt(same) == text.charAt(same)) {
            same++;
        }
        if (same > 0 && same < text.length() && Character.isLowSurrogate(text.charAt(same))) {
            same--;
        }
        return text.substring(same);
    }

    private String decode() {
        return tokenizer.decode(Arrays.copyOf(window, length), skipSpecialTokens);
    }

    private static boolean isOpen(String text) {
        return text.endsWith("\uFFFD");
    }
}
