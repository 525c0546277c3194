package org.candor.template.internal;

import java.util.ArrayList;
import java.util.List;

/** Lines of at most a width, greedily filled, as Python's {@code textwrap} does. */
final class LineWrap {
    private LineWrap() {}

    /**
     * @param pieces words and the white space between them
     * @param cut whether words longer than the width are cut
     */
    static List<String> wrap(List<String> pieces, int width, boolean cut) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int length = 0;
        for (String piece : pieces) {
            String rest = piece;
            int size = rest.codePointCount(0, rest.length());
            if (length + size > width && !line.isEmpty() && (size <= width || !cut)) {
                flush(lines, line);
                length = 0;
            }
            while (cut && length + size > width && !rest.isBlank()) {
                int room = rest.offsetByCodePoints(0, width - length);
                line.append(rest, 0, room);
                flush(lines, line);
                rest = rest.substring(room);
                size = rest.codePointCount(0, rest.length());
                length = 0;
            }
            boolean leading = line.isEmpty() && !lines.isEmpty();
            if (!(leading && rest.isBlank())) {
                line.append(rest);
                length += size;
            }
        }
        flush(lines, line);
        return lines;
    }

    private static void flush(List<String> lines, StringBuilder line) {
        String text = TextMethods.strip(line.toString(), null, false, true);
        if (!text.isEmpty()) {
            lines.add(text);
        }
        line.setLength(0);
    }
}
