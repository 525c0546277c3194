package org.candor.retrieval.internal.library;

/** Positions of a text in code points. */
final class CodePoints {
    private final int[] points;

    CodePoints(String text) {
        boolean pairs = text.codePointCount(0, text.length()) != text.length();
        points = pairs ? new int[text.length() + 1] : null;
        if (pairs) {
            int n = 0;
            for (int i = 0; i < text.length(); ) {
                int width = Character.charCount(text.codePointAt(i));
                for (int j = 0; j < width; j++) {
                    points[i + j] = n;
                }
                i += width;
                n++;
            }
            points[text.length()] = n;
        }
    }

    /** Code points before a UTF-16 position. */
    int at(int position) {
        return points == null ? position : points[position];
    }
}
