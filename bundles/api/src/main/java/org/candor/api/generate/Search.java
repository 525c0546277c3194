package org.candor.api.generate;

import java.util.Objects;

/** How the continuations of a prompt are found. */
public sealed interface Search {

    /** Each continuation is drawn by itself and told token by token. */
    Search DRAWN = new Drawn();

    /** Each continuation draws its own tokens. */
    record Drawn() implements Search {}

    /**
     * More continuations are drawn than are wanted; those with the highest mean log-probability of a token by the model are
     * kept, best first, and told when all have ended ({@code best_of}).
     *
     * @param candidates that are drawn, as {@link Drawn} would draw so many choices; at least the choices, at most 128
     */
    record Best(int candidates) implements Search {}

    /**
     * Beam search as transformers 5 defines it; the result is told when it has ended, best first. Nothing is drawn: of the
     * sampling, ignored end tokens and log-probabilities count, and everything else has to be off. The score of a text is its
     * log-probability / (new tokens, end token included) ^ lengthPenalty.
     *
     * @param width texts that go on side by side; at least the choices, at most 64
     * @param lengthPenalty above 0 favours long texts, below 0 short ones; -100 to 100
     * @param stopping when to stop before the most tokens
     */
    record Beams(int width, double lengthPenalty, Stopping stopping) implements Search {
        public Beams {
            Objects.requireNonNull(stopping, "stopping");
        }
    }

    /** When a beam search stops. */
    enum Stopping {
        /** As soon as so many texts as beams have ended ({@code early_stopping} true). */
        EARLY,
        /** When the likeliest running text, as long as it is, cannot displace one that has ended (false). */
        HEURISTIC,
        /** When no running text can displace one that has ended any more ("never"). */
        EXHAUSTIVE
    }
}
