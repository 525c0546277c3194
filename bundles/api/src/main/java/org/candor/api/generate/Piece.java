package org.candor.api.generate;

import java.util.List;

/**
 * The next piece of a continuation.
 *
 * @param choice number of the continuation: those of the first prompt first
 * @param text that is certain by now, whole characters; empty while a character or a stop text may still be completed
 * @param tokens that were taken since the piece before
 * @param finish why it ended, or null where it goes on
 */
public record Piece(int choice, String text, List<GeneratedToken> tokens, FinishReason finish) {

    public Piece {
        tokens = List.copyOf(tokens);
    }
}
