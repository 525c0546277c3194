package org.candor.tokenizer.internal;

import java.util.Arrays;

/**
 * The characters that stand for bytes in byte-level vocabularies (GPT-2's encoder.py): printable Latin-1 stands for itself, the
 * other 68 bytes are U+0100 and following, in order.
 */
final class ByteAlphabet {
    private static final int FIRST = 0x100;
    private static final int[] CHARACTERS = new int[256];
    private static final short[] BYTES = new short[FIRST + 68];

    static {
        Arrays.fill(BYTES, (short) -1);
        int next = FIRST;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            CHARACTERS[b] = printable ? b : next++;
            BYTES[CHARACTERS[b]] = (short) b;
        }
    }

    private ByteAlphabet() {}

    /** The character of a byte, 0 to 255. */
    static int character(int b) {
        return CHARACTERS[b];
    }

    /** The byte of a character, or -1. */
    static int value(int character) {
        return character < BYTES.length ? BYTES[character] : -1;
    }

    /** Bytes of a character in UTF-8. */
    static int length(int c) {
        return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }

    /** Byte i of a character in UTF-8, 0 to 255. */
    static int utf8(int c, int length, int i) {
        if (length == 1) {
            return c;
        }
        int bits = c >> 6 * (length - 1 - i);
        return i == 0 ? bits | 0xF00 >> length & 0xFF : 0x80 | bits & 0x3F;
    }

    /** Puts the bytes of a character, as characters, where it stands. */
    static void spell(int c, int position, NormalizedText into) {
        int length = length(c);
        for (int i = 0; i < length; i++) {
            into.emit(CHARACTERS[utf8(c, length, i)], position);
        }
    }
}
