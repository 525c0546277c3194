package org.candor.governor.internal;

import java.util.Map;
import org.candor.api.operation.Evidence;

/**
 * An operation that was done and logged.
 *
 * @param <T> what it yields
 * @param result what came out, obligations met
 * @param members what the log entry commits to, in order
 * @param evidence what proves it
 * @param timings milliseconds by step
 */
record Governed<T>(T result, Map<String, Object> members, Evidence evidence, Map<String, Object> timings) {}
