package org.candor.generation.internal.sampling;

import java.util.List;

/**
 * A token that was taken.
 *
 * @param logprob of the token, NaN where none was asked for
 * @param top likeliest tokens, best first, of equal ones the lower id first; the token itself only if it is among them
 */
public record SampledToken(int id, double logprob, List<TokenLogprob> top) {}
