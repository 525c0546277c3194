package org.candor.retrieval.internal.text;

import java.util.ArrayList;
import java.util.List;

/** Builds the text of a document out of blocks, an empty line between two. */
final class BlockWriter {
    private final StringBuilder text = new StringBuilder();
    private final List<Block> blocks = new ArrayList<>();
    private final int most;

    BlockWriter(int mostCharacters) {
        most = mostCharacters;
    }

    /** Appends a block; blank ones are left out. */
    void add(String content, Block.Kind kind) throws UnreadableDocumentException {
        String stripped = content.strip();
        if (stripped.isEmpty()) {
            return;
        }
        if (text.length() + stripped.length() + 2 > most) {
            throw new UnreadableDocumentException("the text is longer than " + most + " characters");
        }
        if (!text.isEmpty()) {
            text.append("\n\n");
        }
        blocks.add(new Block(text.length(), text.length() + stripped.length(), kind));
        text.append(stripped);
    }

    Extraction extraction(String title) {
        String first = "";
        for (Block block : blocks) {
            if (block.kind() == Block.Kind.HEADING) {
                first = text.substring(block.start(), block.end());
                break;
            }
        }
        String named = title == null || title.isBlank() ? first : title.strip();
        return new Extraction(text.toString(), FrontMatter.NONE, named, blocks);
    }

    /** White space runs become one space; a lone surrogate becomes the replacement character. */
    static String normalize(CharSequence content) {
        StringBuilder out = new StringBuilder(content.length());
        boolean space = false;
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (Character.isWhitespace(c) || c == '\u00A0' || Character.isISOControl(c)) {
                space = true;
                continue;
            }
            if (space && !out.isEmpty()) {
                out.append(' ');
            }
            space = false;
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < content.length()
                    && Character.isLowSurrogate(content.charAt(i + 1));
            if (pair) {
                out.append(c).append(content.charAt(++i));
            } else {
                out.append(Character.isSurrogate(c) ? '\uFFFD' : c);
            }
        }
        return out.toString();
    }
}
