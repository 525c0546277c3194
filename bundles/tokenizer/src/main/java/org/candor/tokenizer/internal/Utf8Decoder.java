package org.candor.tokenizer.internal;

/**
 * UTF-8 byte by byte. Each longest beginning of a character that cannot go on becomes one U+FFFD (Unicode 15, section 3.9,
 * "substitution of maximal subparts"). Mutable, one thread.
 */
final class Utf8Decoder {
    private static final char REPLACEMENT = '\uFFFD';

    private int codePoint;
    /** Bytes still missing. */
    private int missing;
    /** Bounds of the next byte: they are narrower after some first bytes. */
    private int low;

    private int high;

    /** Whether a character has begun and not ended. */
    boolean isInside() {
        return missing > 0;
    }

    /** @param b 0 to 255 */
    void accept(int b, StringBuilder text) {
        if (missing > 0) {
            if (b >= low && b <= high) {
                codePoint = codePoint << 6 | b & 0x3F;
                low = 0x80;
                high = 0xBF;
                if (--missing == 0) {
                    text.appendCodePoint(codePoint);
                }
                return;
            }
            missing = 0;
            text.append(REPLACEMENT);
        }
        low = 0x80;
        high = 0xBF;
        if (b < 0x80) {
            text.append((char) b);
        } else if (b >= 0xC2 && b < 0xE0) {
            codePoint = b & 0x1F;
            missing = 1;
        } else if (b >= 0xE0 && b < 0xF0) {
            codePoint = b & 0xF;
            missing = 2;
            low = b == 0xE0 ? 0xA0 : low;
            high = b == 0xED ? 0x9F : high;
        } else if (b >= 0xF0 && b < 0xF5) {
            codePoint = b & 7;
            missing = 3;
            low = b == 0xF0 ? 0x90 : low;
            high = b == 0xF4 ? 0x8F : high;
        } else {
            text.append(REPLACEMENT);
        }
    }

    /** The end of the text: a character that has not ended becomes U+FFFD. */
    void finish(StringBuilder text) {
        if (missing > 0) {
            text.append(REPLACEMENT);
            missing = 0;
        }
    }
}
