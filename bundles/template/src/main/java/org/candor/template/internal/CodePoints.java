package org.candor.template.internal;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Texts as Python has them: sequences of code points. */
final class CodePoints {
    private CodePoints() {}

    /** Number of code points; looking for them is work. */
    static int count(String text, Budget budget) {
        budget.work(text.length());
        return text.codePointCount(0, text.length());
    }

    /** Order by code point, which is not the order of UTF-16. */
    static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean high = Character.isSurrogate(x);
                return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Texts of one code point each. */
    static Iterator<Object> iterator(String text) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < text.length();
            }

            @Override
            public Object next() {
                if (at >= text.length()) {
                    throw new NoSuchElementException();
                }
                int from = at;
                at += Character.charCount(text.codePointAt(at));
                return text.substring(from, at);
            }
        };
    }

    /** The code points from one to before another, both within the text. */
    static String part(String text, int count, int from, int to) {
        if (count == text.length()) {
            return text.substring(from, to);
        }
        int begin = text.offsetByCodePoints(0, from);
        return text.substring(begin, text.offsetByCodePoints(begin, to - from));
    }
}
