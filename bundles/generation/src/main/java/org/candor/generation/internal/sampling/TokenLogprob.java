package org.candor.generation.internal.sampling;

/**
 * A token and the natural logarithm of its probability.
 *
 * @param logprob 0 or less; minus infinity where it could not be taken
 */
public record TokenLogprob(int id, double logprob) {}
