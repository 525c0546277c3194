package org.candor.generation.internal.grammar;

/**
 * A position between two characters of a JSON string, or within one: UTF-8 (RFC 3629, section 4) or an escape (RFC 8259,
 * section 7). Half a surrogate pair is no character.
 *
 * @param kind what has been read
 * @param value bits or hexadecimal digits so far
 * @param left bytes that are still to come
 * @param extra in UTF-8 the smallest character of this length; in an escape the first half of a pair that was read before, or 0
 */
record StringBytes(Kind kind, int value, int left, int extra) {
    enum Kind {
        BOUNDARY,
        CHARACTER,
        UTF8,
        BACKSLASH,
        HEXADECIMAL,
        /** After the first half of a pair. */
        HALF
    }

    static final StringBytes START = new StringBytes(Kind.BOUNDARY, 0, 0, 0);

    boolean atBoundary() {
        return kind == Kind.BOUNDARY;
    }

    /** The character that was completed, or -1. */
    int codePoint() {
        return kind == Kind.CHARACTER ? value : -1;
    }

    /** @return null when the byte cannot follow */
    StringBytes next(int b) {
        return switch (kind) {
            case BOUNDARY -> first(b);
            case UTF8 -> {
                int bits = value << 6 | b & 0x3F;
                if ((b & 0xC0) != 0x80) {
                    yield null;
                }
                // Too long forms and surrogates have led nowhere before.
                yield left == 1 ? character(bits) : utf8(bits, left - 1, extra);
            }
            case BACKSLASH -> escape(b);
            case HEXADECIMAL -> hexadecimal(b);
            case HALF -> {
                if (left == 2) {
                    yield b == '\\' ? new StringBytes(Kind.HALF, 0, 1, extra) : null;
                }
                yield b == 'u' ? new StringBytes(Kind.HEXADECIMAL, 0, 4, extra) : null;
            }
            case CHARACTER -> throw new IllegalStateException("the character is complete");
        };
    }

    private static StringBytes first(int b) {
        if (b == '\\') {
            return new StringBytes(Kind.BACKSLASH, 0, 1, 0);
        }
        if (b < 0x80) {
            return b < 0x20 || b == '"' ? null : character(b);
        }
        if (b >= 0xC2 && b < 0xE0) {
            return utf8(b & 0x1F, 1, 0x80);
        }
        if (b >= 0xE0 && b < 0xF0) {
            return utf8(b & 0x0F, 2, 0x800);
        }
        return b >= 0xF0 && b <= 0xF4 ? utf8(b & 0x07, 3, 0x10000) : null;
    }

    private static StringBytes utf8(int bits, int left, int least) {
        return new StringBytes(Kind.UTF8, bits, left, least);
    }

    /** Whether a character can follow from here that this state accepts: the mask must never lead into a dead end. */
    boolean leadsSomewhere(Dfa content, int state) {
        return switch (kind) {
            case BOUNDARY, CHARACTER -> true;
            case BACKSLASH -> content.leads(state, 0, Character.MAX_CODE_POINT);
            case UTF8 -> {
                int first = value << 6 * left;
                int last = first | (1 << 6 * left) - 1;
                yield content.leads(state, Math.max(first, extra), Math.min(last, Character.MAX_CODE_POINT));
            }
            case HALF -> pairs(content, state, extra, extra, Character.MIN_LOW_SURROGATE, Character.MAX_LOW_SURROGATE);
            case HEXADECIMAL -> {
                int first = value << 4 * left;
                int last = first | (1 << 4 * left) - 1;
                if (extra != 0) {
                    yield pairs(content, state, extra, extra, first, last);
                }
                yield content.leads(state, first, last)
                        || pairs(content, state, first, last, Character.MIN_LOW_SURROGATE, Character.MAX_LOW_SURROGATE);
            }
        };
    }

    private static boolean pairs(Dfa content, int state, int firstHigh, int lastHigh, int firstLow, int lastLow) {
        int high = Math.max(firstHigh, Character.MIN_HIGH_SURROGATE);
        int highEnd = Math.min(lastHigh, Character.MAX_HIGH_SURROGATE);
        int low = Math.max(firstLow, Character.MIN_LOW_SURROGATE);
        int lowEnd = Math.min(lastLow, Character.MAX_LOW_SURROGATE);
        return high <= highEnd
                && low <= lowEnd
                && content.leads(
                        state,
                        Character.toCodePoint((char) high, (char) low),
                        Character.toCodePoint((char) highEnd, (char) lowEnd));
    }

    private static StringBytes character(int codePoint) {
        return new StringBytes(Kind.CHARACTER, codePoint, 0, 0);
    }

    private static StringBytes escape(int b) {
        return switch (b) {
            case '"', '\\', '/' -> character(b);
            case 'b' -> character('\b');
            case 'f' -> character('\f');
            case 'n' -> character('\n');
            case 'r' -> character('\r');
            case 't' -> character('\t');
            case 'u' -> new StringBytes(Kind.HEXADECIMAL, 0, 4, 0);
            default -> null;
        };
    }

    private StringBytes hexadecimal(int b) {
        int digit = b < 0x80 ? Character.digit(b, 16) : -1;
        if (digit < 0) {
            return null;
        }
        int bits = value << 4 | digit;
        if (left > 1) {
            return new StringBytes(Kind.HEXADECIMAL, bits, left - 1, extra);
        }
        if (extra != 0) {
            return Character.isLowSurrogate((char) bits)
                    ? character(Character.toCodePoint((char) extra, (char) bits))
                    : null;
        }
        return Character.isHighSurrogate((char) bits) ? new StringBytes(Kind.HALF, 0, 2, bits) : character(bits);
    }
}
