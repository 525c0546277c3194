package org.candor.retrieval.internal.text;

import java.util.List;

/**
 * A piece of a document of a size an encoder can take, in UTF-16 positions of the extracted text.
 *
 * @param start first char
 * @param end char after the last
 * @param heading the nearest heading above, or empty
 * @param sentences what may be quoted of it, in order
 */
public record Passage(int start, int end, String heading, List<Span> sentences) {
    public Passage {
        sentences = List.copyOf(sentences);
    }
}
