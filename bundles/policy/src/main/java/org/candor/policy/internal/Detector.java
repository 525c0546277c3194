package org.candor.policy.internal;

/** Finds one kind of personal data. Looks at each character a bounded number of times. */
interface Detector {

    /** Takes a find: first UTF-16 unit and the unit after the last. */
    @FunctionalInterface
    interface Sink {
        void found(int start, int end);
    }

    /**
     * Reports finds in order, not overlapping each other.
     *
     * @param text folded by {@link FoldedText}
     */
    void find(CharSequence text, Sink sink);

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /** Whether the character continues a Latin word or number; a Chinese character does not. */
    static boolean isWord(char c) {
        return isDigit(c) || isLetter(c) || c == '_';
    }
}
