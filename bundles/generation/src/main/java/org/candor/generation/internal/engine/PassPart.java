package org.candor.generation.internal.engine;

import java.util.Arrays;
import org.candor.api.model.Generator;

/**
 * What one text has in a pass.
 *
 * @param tokens that are known and unread
 * @param scored whether they are read to the end, so that a token is taken
 * @param draft tokens that may follow
 */
record PassPart(Sequence sequence, int tokens, boolean scored, int[] draft) {

    private static final int[] NO_DRAFT = {};

    /** The next tokens of a text. */
    static PassPart of(Sequence sequence, int tokens) {
        return new PassPart(sequence, tokens, tokens == sequence.unread(), NO_DRAFT);
    }

    /** The same, and what may follow. */
    PassPart with(int[] following) {
        return new PassPart(sequence, tokens, scored, following);
    }

    /** Tokens that are read. */
    int length() {
        return tokens + draft.length;
    }

    /** Tokens after which scores are wanted. */
    int scores() {
        return scored ? 1 + draft.length : 0;
    }

    Generator.Step step() {
        int from = sequence.cached().length();
        int[] ids = sequence.history().range(from, from + tokens);
        if (draft.length > 0) {
            ids = Arrays.copyOf(ids, length());
            System.arraycopy(draft, 0, ids, tokens, draft.length);
        }
        return new Generator.Step(sequence.cached(), ids, sequence.history().length() + draft.length, scores());
    }
}
