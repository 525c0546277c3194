package org.candor.policy.internal;

/**
 * Where a policy comes from. The configuration file is one source; a policy pack is another. A source reads and checks
 * the whole policy before anything of it counts.
 */
@FunctionalInterface
interface PolicySource {

    /**
     * Reads a complete policy.
     *
     * @throws InvalidPolicyException naming what is wrong and what is allowed
     */
    Policy read();
}
