package org.candor.api.policy;

import java.time.Instant;

/**
 * @param policy in force from then on
 * @param actor who activated it
 * @param reason why
 * @param time when
 */
public record PolicyActivation(PolicyId policy, String actor, String reason, Instant time) {}
