package org.candor.api.model;

import java.time.Instant;

/**
 * One step in the life of a revision.
 *
 * @param model the revision
 * @param state it has from now on
 * @param removed whether this step is its removal; the state is the one it had at last
 * @param actor who caused it, {@code system} for what nobody asked for
 * @param tenant the actor's
 * @param reason why, in one line
 * @param time when
 */
public record ModelTransition(
        ModelId model, ModelState state, boolean removed, String actor, String tenant, String reason, Instant time) {

    /** Actor of steps that nobody asked for. */
    public static final String SYSTEM = "system";
}
