package org.candor.tokenizer.internal;

/** What encoding writes to on its way. One thread at a time. */
final class EncodeBuffers {
    private static final int MODEST = 1 << 16;

    private char[] characters = new char[512];
    private int[] original = new int[512];
    private int length;
    private final NormalizedText text = new NormalizedText(512);
    private final Pieces pieces = new Pieces(text);
    private final TokenBuffer first = new TokenBuffer(256);
    private final TokenBuffer second = new TokenBuffer(16);

    /** Reads a text as code points; unpaired surrogates become U+FFFD. */
    void read(String input) {
        int count = input.length();
        if (characters.length < count) {
            characters = new char[count];
            original = new int[count];
        }
        input.getChars(0, count, characters, 0);
        int at = 0;
        for (int i = 0; i < count; i++) {
            int c = characters[i];
            if (Character.isSurrogate((char) c)) {
                if (Character.isHighSurrogate((char) c)
                        && i + 1 < count
                        && Character.isLowSurrogate(characters[i + 1])) {
                    c = Character.toCodePoint((char) c, characters[++i]);
                } else {
                    c = 0xFFFD;
                }
            }
            original[at++] = c;
        }
        length = at;
    }

    int[] original() {
        return original;
    }

    int length() {
        return length;
    }

    NormalizedText text() {
        return text;
    }

    Pieces pieces() {
        return pieces;
    }

    TokenBuffer first() {
        return first;
    }

    TokenBuffer second() {
        return second;
    }

    /** Small enough to keep for the next call. */
    boolean isModest() {
        return characters.length <= MODEST
                && text.capacity() <= 4 * MODEST
                && first.capacity() <= MODEST
                && second.capacity() <= MODEST;
    }
}
