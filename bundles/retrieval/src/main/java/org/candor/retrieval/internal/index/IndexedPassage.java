package org.candor.retrieval.internal.index;

import java.util.List;
import org.candor.retrieval.internal.text.Span;

/**
 * A passage as the index holds it. All positions are code points of the document's extracted text.
 *
 * @param start first
 * @param end after the last
 * @param text exactly that span
 * @param context title and heading above it, or empty: searched and encoded with the passage, never quoted
 * @param sentences what may be quoted, in order
 */
public record IndexedPassage(int start, int end, String text, String context, List<Span> sentences) {
    public IndexedPassage {
        sentences = List.copyOf(sentences);
    }

    /** The text of a sentence. */
    public String sentence(int i) {
        Span span = sentences.get(i);
        int from = text.offsetByCodePoints(0, span.start() - start);
        return text.substring(from, text.offsetByCodePoints(from, span.length()));
    }

    /** What search and encoder see. */
    public String searched() {
        return context.isEmpty() ? text : context + "\n" + text;
    }
}
