package org.candor.retrieval.internal.text;

import java.util.List;

/**
 * A document as text. For txt and md the text is the file as it is, a byte order mark, carriage returns and front
 * matter included; for the other types it is what the extractor produced, which depends only on the file's bytes and
 * this software's version.
 *
 * @param text all of it
 * @param frontMatter what the document says of itself
 * @param title from front matter, heading or the file's own properties, or empty
 * @param blocks in order, not overlapping, front matter left out
 */
public record Extraction(String text, FrontMatter frontMatter, String title, List<Block> blocks) {
    public Extraction {
        blocks = List.copyOf(blocks);
    }

    /** Code points of the text. */
    public int characters() {
        return text.codePointCount(0, text.length());
    }
}
