package org.candor.governor.internal;

import org.candor.api.policy.Decision;
import org.candor.api.policy.Obligation;
import org.candor.api.retrieval.Scope;

/**
 * What an operation may do.
 *
 * @param decision the policy's
 * @param consentEpoch newest entry of the consent register, or null without a register
 * @param scope documents it may see
 */
record Permit(Decision decision, Long consentEpoch, Scope scope) {

    /** The model that serves: the one that the policy routes to, or the one that was asked for. */
    String model(String asked) {
        for (Obligation obligation : decision.obligations()) {
            if (obligation instanceof Obligation.RouteModel route) {
                return route.model();
            }
        }
        return asked;
    }
}
