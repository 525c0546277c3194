package org.candor.governor.internal;

import org.candor.api.policy.Decision;
import org.candor.api.retrieval.Scope;

/**
 * What an operation may do.
 *
 * @param decision the policy's
 * @param consentEpoch newest entry of the consent register, or null without a register
 * @param scope documents it may see
 */
record Permit(Decision decision, Long consentEpoch, Scope scope) {}
