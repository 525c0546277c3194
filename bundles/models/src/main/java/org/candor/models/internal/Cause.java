package org.candor.models.internal;

import org.candor.api.model.ModelTransition;
import org.candor.api.operation.Caller;

/**
 * Who caused a step in a revision's life, and why.
 *
 * @param actor a person or program, or {@link ModelTransition#SYSTEM}
 * @param tenant the actor's
 * @param reason in one line
 */
record Cause(String actor, String tenant, String reason) {

    /** Of somebody who runs the server. */
    Cause(String actor, String reason) {
        this(actor, Caller.OPERATOR_TENANT, reason);
    }

    static Cause system(String reason) {
        return new Cause(ModelTransition.SYSTEM, reason);
    }

    /** Of the same actor. */
    Cause because(String other) {
        return new Cause(actor, tenant, other);
    }
}
