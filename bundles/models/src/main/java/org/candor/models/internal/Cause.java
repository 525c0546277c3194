package org.candor.models.internal;

import org.candor.api.model.ModelTransition;

/**
 * Who caused a step in a revision's life, and why.
 *
 * @param actor a person or program, or {@link ModelTransition#SYSTEM}
 * @param reason in one line
 */
record Cause(String actor, String reason) {

    static Cause system(String reason) {
        return new Cause(ModelTransition.SYSTEM, reason);
    }
}
