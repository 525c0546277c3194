package org.candor.policy.internal.cedar;

import java.util.Set;

/**
 * What a set of policies says.
 *
 * @param permitted at least one permit holds, and no forbid
 * @param determining identifiers of the policies that made it so: the permits, or the forbids; empty where nothing permits
 * @param failing identifiers of policies whose evaluation failed; such a policy neither permits nor forbids
 */
public record Verdict(boolean permitted, Set<String> determining, Set<String> failing) {}
