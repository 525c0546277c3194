package org.candor.api.chat;

import java.util.List;

/**
 * A rendered conversation.
 *
 * @param text what the model reads; special tokens are written out in it
 * @param generated what the template encloses in {@code generation} tags, in order: what the assistant said, on which
 *     training computes its loss
 */
public record RenderedChat(String text, List<Span> generated) {

    public RenderedChat {
        generated = List.copyOf(generated);
    }

    /**
     * Part of the text, counted in code points.
     *
     * @param start first code point
     * @param end one past the last
     */
    public record Span(int start, int end) {}
}
