package org.candor.retrieval.internal.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the blocks of a markdown or plain text, line by line and in one pass. Inline markup stays as it is, since
 * quotes are verbatim.
 */
final class MarkdownBlocks {
    private final String text;
    private final boolean markdown;
    private final List<Block> blocks = new ArrayList<>();
    private int open = -1;
    private int openEnd;
    private String fence;
    private int fenceStart;
    private boolean comment;

    private MarkdownBlocks(String text, boolean markdown) {
        this.text = text;
        this.markdown = markdown;
    }

    /** Blocks from a position on; {@code markdown} false looks at blank lines only. */
    static List<Block> of(String text, int from, boolean markdown) {
        MarkdownBlocks scan = new MarkdownBlocks(text, markdown);
        int position = from;
        if (position == 0 && text.startsWith("\uFEFF")) {
            position = 1;
        }
        while (position < text.length()) {
            int end = text.indexOf('\n', position);
            end = end < 0 ? text.length() : end;
            scan.line(position, end);
            position = end + 1;
        }
        scan.close();
        if (scan.fence != null) {
            scan.add(scan.fenceStart, text.length(), Block.Kind.CODE);
        }
        return scan.blocks;
    }

    private void line(int lineStart, int lineEnd) {
        int start = lineStart;
        int end = lineEnd;
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        if (!markdown) {
            plain(start, end);
            return;
        }
        if (fence != null) {
            if (text.startsWith(fence, start)
                    && text.substring(start, end).chars().allMatch(c -> c == fence.charAt(0))) {
                add(fenceStart, lineStart, Block.Kind.CODE);
                fence = null;
            }
            return;
        }
        if (comment || text.startsWith("<!--", start)) {
            close();
            comment = text.indexOf("-->", start) < 0 || text.indexOf("-->", start) > end;
            return;
        }
        if (text.startsWith("```", start) || text.startsWith("~~~", start)) {
            close();
            fence = text.substring(start, start + 3);
            fenceStart = Math.min(text.length(), lineEnd + 1);
            return;
        }
        marked(start, end);
    }

    private void marked(int start, int end) {
        if (start == end) {
            close();
        } else if (text.charAt(start) == '#' && hashes(start, end) > 0) {
            close();
            int from = skipSpace(start + hashes(start, end), end);
            int to = end;
            while (to > from && text.charAt(to - 1) == '#') {
                to--;
            }
            add(from, to, Block.Kind.HEADING);
        } else if (all(start, end, '=') || all(start, end, '-')) {
            // an underline turns the line above into a heading; elsewhere it is a rule
            boolean underline = open >= 0 && text.indexOf('\n', open) >= openEnd;
            if (underline) {
                add(open, openEnd, Block.Kind.HEADING);
                open = -1;
            } else {
                close();
            }
        } else if (rule(start, end)) {
            close();
        } else if (text.charAt(start) == '|') {
            close();
            int to = text.charAt(end - 1) == '|' ? end - 1 : end;
            add(skipSpace(start + 1, to), to, Block.Kind.TEXT);
        } else if (marker(start, end) > 0) {
            close();
            plain(skipSpace(start + marker(start, end), end), end);
        } else {
            plain(start, end);
        }
    }

    private void plain(int start, int end) {
        if (start >= end) {
            close();
            return;
        }
        if (open < 0) {
            open = start;
        }
        openEnd = end;
    }

    private void close() {
        if (open >= 0) {
            add(open, openEnd, Block.Kind.TEXT);
            open = -1;
        }
    }

    private void add(int start, int end, Block.Kind kind) {
        int to = end;
        while (to > start && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        if (to > start) {
            blocks.add(new Block(start, to, kind));
        }
    }

    private int hashes(int start, int end) {
        int n = 0;
        while (start + n < end && text.charAt(start + n) == '#') {
            n++;
        }
        boolean heading = n <= 6 && (start + n == end || Character.isWhitespace(text.charAt(start + n)));
        return heading ? n : 0;
    }

    /** Length of a list or quote marker, or 0. */
    private int marker(int start, int end) {
        char c = text.charAt(start);
        if (c == '>') {
            return 1;
        }
        if ((c == '-' || c == '*' || c == '+') && start + 1 < end && text.charAt(start + 1) == ' ') {
            return 1;
        }
        int n = 0;
        while (n < 9 && start + n < end && text.charAt(start + n) >= '0' && text.charAt(start + n) <= '9') {
            n++;
        }
        boolean numbered = n > 0
                && start + n + 1 < end
                && (text.charAt(start + n) == '.' || text.charAt(start + n) == ')')
                && text.charAt(start + n + 1) == ' ';
        return numbered ? n + 1 : 0;
    }

    private boolean rule(int start, int end) {
        if (end - start < 3) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if ("*_|-: ".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private boolean all(int start, int end, char c) {
        for (int i = start; i < end; i++) {
            if (text.charAt(i) != c) {
                return false;
            }
        }
        return end - start > 1;
    }

    private int skipSpace(int start, int end) {
        int i = start;
        while (i < end && Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        return i;
    }
}
