package org.candor.tokenizer.internal;

import java.util.List;

/** A place in the order in which a post-processor puts things. */
sealed interface TemplatePart {

    /** Special tokens. */
    record Special(int[] ids, List<String> tokens, int typeId) implements TemplatePart {}

    /**
     * A text.
     *
     * @param index 0 for the first, 1 for the second
     * @param overflowTypeId type of the tokens that truncation moved to an overflowing encoding
     */
    record Sequence(int index, int typeId, int overflowTypeId) implements TemplatePart {}
}
