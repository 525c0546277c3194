package org.candor.api.model;

import java.time.Instant;

/**
 * How a revision reproduced the golden inputs of its pack.
 *
 * @param passed whether every case was within the tolerance
 * @param cases how many there are
 * @param tolerance largest difference of one component that is allowed
 * @param worst largest difference of one component that was found, infinite when a shape or token count differs
 * @param leastCosine least cosine between a vector and its golden one
 * @param millis how long it took
 * @param time when it ended
 */
public record SelfTestResult(
        boolean passed, int cases, double tolerance, double worst, double leastCosine, long millis, Instant time) {}
