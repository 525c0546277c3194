package org.candor.api.generate;

/**
 * What a generator does now, and did since it was loaded.
 *
 * @param running texts that are read or written
 * @param waiting texts that wait for a place
 * @param blocks of the key-value cache
 * @param freeBlocks of these, those that no text holds
 * @param keptBlocks of these, at most how many are held only for texts that may come back with the same beginning
 * @param promptTokens tokens of prompts since the model was loaded
 * @param cachedTokens of these, those that were in the cache already
 * @param completionTokens tokens taken since then
 * @param draftTokens tokens that were guessed from what a text said before, and read to see whether they follow
 * @param acceptedTokens of these, those that did: completion tokens that took no pass of their own
 * @param passes of the model since then
 * @param preemptions texts that gave their place and were read anew
 * @param busyNanos processor time of all passes since then, summed over threads
 */
public record GeneratorStatus(
        int running,
        int waiting,
        int blocks,
        int freeBlocks,
        int keptBlocks,
        long promptTokens,
        long cachedTokens,
        long completionTokens,
        long draftTokens,
        long acceptedTokens,
        long passes,
        long preemptions,
        long busyNanos) {}
