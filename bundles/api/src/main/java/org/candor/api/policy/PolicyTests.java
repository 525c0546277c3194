package org.candor.api.policy;

import java.util.List;

/**
 * What a policy's own tests said.
 *
 * @param policy that was tested
 * @param run how many tests
 * @param failures those that do not hold; empty: all hold
 */
public record PolicyTests(PolicyId policy, int run, List<Failure> failures) {

    /**
     * @param test its name
     * @param expected decision, code and obligations that the test wants
     * @param found what the policy says
     */
    public record Failure(String test, String expected, String found) {}

    public PolicyTests {
        failures = List.copyOf(failures);
    }
}
