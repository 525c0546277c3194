package org.candor.api.energy;

/**
 * What one operation took.
 *
 * @param joules or null when nothing can be said, never 0 for unknown
 * @param method {@code rapl}, {@code nvml} or {@code estimate}
 * @param seconds length of the operation
 * @param cpuSeconds processor time attributed
 * @param reason why joules is null or an estimate, else empty
 */
public record EnergyShare(Double joules, String method, double seconds, double cpuSeconds, String reason) {}
