package org.candor.api.energy;

import java.util.Map;

/**
 * @param method {@code rapl}, {@code nvml} or {@code estimate}
 * @param meter what is read, for people
 * @param totalJoules meter's sum since start
 * @param idleJoules share of no operation, or not claimed by one yet
 * @param joulesByOperation sums by kind of operation
 */
public record EnergyStatus(
        String method, String meter, double totalJoules, double idleJoules, Map<String, Double> joulesByOperation) {
    public EnergyStatus {
        joulesByOperation = Map.copyOf(joulesByOperation);
    }
}
