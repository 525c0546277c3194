package org.candor.api.generate;

import java.util.List;

/**
 * A continuation that has ended.
 *
 * @param text all of it
 * @param tokens all of them, with the end or stop token where there is one
 * @param finish why it ended
 * @param stop the stop text that ended it, or null
 */
public record Continuation(String text, List<GeneratedToken> tokens, FinishReason finish, String stop) {

    public Continuation {
        tokens = List.copyOf(tokens);
    }
}
