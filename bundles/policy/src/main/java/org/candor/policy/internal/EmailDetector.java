package org.candor.policy.internal;

/**
 * E-mail addresses: RFC 5322 dot-atoms without the signs that separate parts of a URL or of Markdown, before a domain of
 * two labels or more. Letters of other alphabets count (RFC 6531). Chinese and Japanese text runs into an address without a
 * space, so ideographs belong to a side of the {@code @} only where they touch it.
 */
final class EmailDetector implements Detector {
    private static final int LOCAL_LIMIT = 64;
    private static final int DOMAIN_LIMIT = 253;

    @Override
    public void find(CharSequence text, Sink sink) {
        int taken = 0;
        for (int at = 1; at < text.length() - 1; at++) {
            if (text.charAt(at) != '@') {
                continue;
            }
            int start = localStart(text, at, taken);
            int end = start < at ? domainEnd(text, at + 1) : at;
            if (end > at) {
                sink.found(start, end);
                taken = end;
                at = end - 1;
            }
        }
    }

    private static int localStart(CharSequence text, int at, int lowest) {
        boolean ideographs = isIdeograph(text.charAt(at - 1));
        int start = at;
        while (start > lowest && at - start < LOCAL_LIMIT && isLocal(text.charAt(start - 1), ideographs)) {
            start--;
        }
        while (start < at && !isNameStart(text.charAt(start))) {
            start++;
        }
        return at > start && text.charAt(at - 1) == '.' ? at : start;
    }

    /** The end of the longest valid domain from here, or -1. */
    private static int domainEnd(CharSequence text, int from) {
        boolean ideographs = from < text.length() && isIdeograph(text.charAt(from));
        int limit = Math.min(text.length(), from + DOMAIN_LIMIT);
        int best = -1;
        int labels = 0;
        int labelStart = from;
        for (int i = from; i <= limit; i++) {
            char c = i < limit ? text.charAt(i) : ' ';
            if (isDomain(c, ideographs)) {
                continue;
            }
            int labelEnd = i;
            while (labelEnd > labelStart && text.charAt(labelEnd - 1) == '-') {
                labelEnd--;
            }
            if (labelEnd == labelStart || text.charAt(labelStart) == '-') {
                break;
            }
            labels++;
            if (labels >= 2 && isTopLevel(text, labelStart, labelEnd)) {
                best = labelEnd;
            }
            if (c != '.' || labelEnd < i) {
                break;
            }
            labelStart = i + 1;
        }
        return best;
    }

    /** Two characters or more, the first a letter: versions ({@code tool@1.2.3}) end in digits. */
    private static boolean isTopLevel(CharSequence text, int start, int end) {
        int length = end - start;
        return length >= 2 && length <= 63 && Character.isLetter(text.charAt(start)) && !isVersion(text, start, end);
    }

    /** {@code v2} and {@code x64} are no top-level domains; an encoded one ({@code xn--p1ai}) is. */
    private static boolean isVersion(CharSequence text, int start, int end) {
        boolean digits = false;
        boolean hyphen = false;
        for (int i = start; i < end; i++) {
            digits |= Detector.isDigit(text.charAt(i));
            hyphen |= text.charAt(i) == '-';
        }
        return digits && !hyphen;
    }

    private static boolean isLocal(char c, boolean ideographs) {
        if (c < 0x80) {
            return Detector.isWord(c) || "!#$%'*+-.^~".indexOf(c) >= 0;
        }
        return isInternational(c, ideographs);
    }

    private static boolean isNameStart(char c) {
        return Detector.isWord(c) || c == '+' || c >= 0x80;
    }

    private static boolean isDomain(char c, boolean ideographs) {
        return Detector.isDigit(c) || Detector.isLetter(c) || c == '-' || c >= 0x80 && isInternational(c, ideographs);
    }

    private static boolean isInternational(char c, boolean ideographs) {
        return isIdeograph(c)
                ? ideographs
                : Character.isLetterOrDigit(c) || Character.getType(c) == Character.NON_SPACING_MARK;
    }

    /** Scripts that are written without spaces between words. */
    private static boolean isIdeograph(char c) {
        if (c < 0x2E80) {
            return false;
        }
        return Character.isIdeographic(c)
                || switch (Character.UnicodeScript.of(c)) {
                    case HIRAGANA, KATAKANA, HAN -> Character.isLetter(c);
                    default -> false;
                };
    }
}
