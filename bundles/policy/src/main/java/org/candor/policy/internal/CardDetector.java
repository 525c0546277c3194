package org.candor.policy.internal;

/**
 * Payment card numbers (ISO/IEC 7812): 13 to 19 digits with the length and first digits of a known scheme and a correct
 * Luhn check digit, undivided or in groups that are divided by one space or one hyphen throughout.
 */
final class CardDetector implements Detector {
    private static final int SHORTEST = 13;
    private static final int LONGEST = 19;

    /** Cards are grouped 4-4-4-4, 4-6-5, 4-6-4, at times 8-8; lists of small numbers are no cards. */
    private static final int FIRST_GROUP = 4;

    private static final int LATER_GROUP = 3;

    @Override
    public void find(CharSequence text, Sink sink) {
        int i = 0;
        while (i < text.length()) {
            if (!Detector.isDigit(text.charAt(i))) {
                i++;
                continue;
            }
            int end = startsNumber(text, i) ? cardEnd(text, i) : -1;
            if (end > 0) {
                sink.found(i, end);
                i = end;
            } else {
                while (i < text.length() && Detector.isDigit(text.charAt(i))) {
                    i++;
                }
            }
        }
    }

    private static boolean startsNumber(CharSequence text, int i) {
        if (i == 0) {
            return true;
        }
        char before = text.charAt(i - 1);
        if (Detector.isWord(before)) {
            return false;
        }
        boolean joins = before == '.' || before == ',' || before == '-' || before == ':' || before == '/';
        return !(joins && i > 1 && Detector.isDigit(text.charAt(i - 2)));
    }

    private static boolean endsNumber(CharSequence text, int end, char separator) {
        if (end == text.length()) {
            return true;
        }
        char after = text.charAt(end);
        if (Detector.isWord(after)) {
            return false;
        }
        boolean joins =
                after == '.' || after == ',' || after == '-' || after == ':' || after == separator && separator != ' ';
        return !(joins && end + 1 < text.length() && Detector.isDigit(text.charAt(end + 1)));
    }

    /** The end of the longest card number that starts here, or -1. */
    private static int cardEnd(CharSequence text, int start) {
        char[] digits = new char[LONGEST];
        int count = 0;
        char separator = 0;
        int best = -1;
        int i = start;
        while (true) {
            int groupStart = i;
            while (i < text.length() && Detector.isDigit(text.charAt(i))) {
                if (count == LONGEST) {
                    return best;
                }
                digits[count++] = text.charAt(i++);
            }
            if (i - groupStart < (groupStart == start ? FIRST_GROUP : LATER_GROUP)) {
                return best;
            }
            if (count >= SHORTEST && endsNumber(text, i, separator) && isScheme(digits, count) && luhn(digits, count)) {
                best = i;
            }
            if (i + 1 >= text.length() || !Detector.isDigit(text.charAt(i + 1))) {
                return best;
            }
            char next = text.charAt(i);
            if (next != ' ' && next != '-' || separator != 0 && next != separator) {
                return best;
            }
            separator = next;
            i++;
        }
    }

    /** Length and issuer ranges of the schemes in use. */
    private static boolean isScheme(char[] digits, int count) {
        int six = 0;
        for (int i = 0; i < 6; i++) {
            six = six * 10 + digits[i] - '0';
        }
        int two = six / 10_000;
        int four = six / 100;
        return switch (digits[0]) {
            case '1' -> count == 15;
            case '2' -> count == 16 && (four >= 2221 && four <= 2720 || four >= 2200 && four <= 2204);
            case '3' ->
                switch (two) {
                    case 34, 37 -> count == 15;
                    case 35 -> four >= 3528 && four <= 3589 && count >= 16;
                    case 30, 36, 38, 39 -> count >= 14;
                    default -> false;
                };
            case '4' -> count == 13 || count == 16 || count == 19;
            case '5' -> two >= 51 && two <= 55 ? count == 16 : count >= 16;
            case '6' -> count >= 16;
            case '8' -> two == 81 && count >= 16;
            case '9' -> four == 9792 && count == 16;
            default -> false;
        };
    }

    /** ISO/IEC 7812-1, annex B. */
    private static boolean luhn(char[] digits, int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int digit = digits[count - 1 - i] - '0';
            int weighed = (i & 1) == 0 ? digit : 2 * digit;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }
        return sum % 10 == 0;
    }
}
