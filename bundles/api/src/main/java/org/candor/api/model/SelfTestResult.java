package org.candor.api.model;

import java.time.Instant;

/**
 * How a revision reproduced the golden inputs of its pack.
 *
 * @param passed whether every case was within the tolerance
 * @param cases how many there are
 * @param tolerance largest difference that is allowed: of a vector's component, or of the first token's log-probability
 * @param worst largest difference that was found, infinite when a shape, a token or a count differs
 * @param leastCosine least cosine between a vector and its golden one; NaN where the model makes no vectors
 * @param millis how long it took
 * @param time when it ended
 */
public record SelfTestResult(
        boolean passed, int cases, double tolerance, double worst, double leastCosine, long millis, Instant time) {}
