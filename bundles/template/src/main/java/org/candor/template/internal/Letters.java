package org.candor.template.internal;

import java.util.Locale;

/** Upper, lower and title case as Python's {@code str} has them (Unicode 15, section 3.13). */
final class Letters {
    private Letters() {}

    static boolean cased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    static boolean digit(int c) {
        // Digits that are no decimals, such as superscripts, count too.
        return Character.isDigit(c)
                || (Character.getType(c) == Character.OTHER_NUMBER
                        && Character.getNumericValue(c) >= 0
                        && Character.getNumericValue(c) <= 9
                        && superscriptOrCircled(c));
    }

    private static boolean superscriptOrCircled(int c) {
        return c == 0xb2
                || c == 0xb3
                || c == 0xb9
                || (c >= 0x2070 && c <= 0x2089)
                || (c >= 0x2460 && c <= 0x2468)
                || (c >= 0x2474 && c <= 0x247c)
                || (c >= 0x2488 && c <= 0x2490)
                || (c >= 0x2776 && c <= 0x277e)
                || (c >= 0x2780 && c <= 0x2788)
                || (c >= 0x278a && c <= 0x2792);
    }

    static boolean numeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    static boolean identifier(String text) {
        return !text.isEmpty()
                && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
                && text.codePoints()
                        .allMatch(c -> c == '_'
                                || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c)));
    }

    /** Whether there are cased letters and all are lower case. */
    static boolean lower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean upper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    static boolean isTitle(String text) {
        boolean inWord = false;
        boolean any = false;
        for (int c : text.codePoints().toArray()) {
            boolean capital = Character.isUpperCase(c) || Character.isTitleCase(c);
            if (capital ? inWord : Character.isLowerCase(c) && !inWord) {
                return false;
            }
            inWord = cased(c);
            any |= inWord;
        }
        return any;
    }

    /** One letter in title case; some become two letters. */
    private static String titleOf(int c) {
        String upper = Character.toString(c).toUpperCase(Locale.ROOT);
        if (upper.codePointCount(0, upper.length()) == 1) {
            return Character.toString(Character.toTitleCase(c));
        }
        int first = Character.charCount(upper.codePointAt(0));
        return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
    }

    /** Each run of cased letters begins with a capital and goes on in lower case. */
    static String title(String text) {
        StringBuilder made = new StringBuilder(text.length());
        // Lower case of the whole, because the last sigma of a word has a form of its own.
        boolean inWord = false;
        int from = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (cased(c)) {
                if (!inWord) {
                    made.append(titleOf(c));
                    from = next;
                }
                inWord = true;
            } else {
                if (inWord) {
                    made.append(text.substring(from, i).toLowerCase(Locale.ROOT));
                }
                made.appendCodePoint(c);
                inWord = false;
            }
            i = next;
        }
        if (inWord) {
            made.append(text.substring(from).toLowerCase(Locale.ROOT));
        }
        return made.toString();
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return titleOf(first) + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }

    static String swap(String text) {
        StringBuilder made = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            String letter = Character.toString(c);
            made.append(
                    Character.isUpperCase(c)
                            ? letter.toLowerCase(Locale.ROOT)
                            : Character.isLowerCase(c) ? letter.toUpperCase(Locale.ROOT) : letter);
        });
        return made.toString();
    }

    /** For comparison without regard to case. */
    static String fold(String text) {
        return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
