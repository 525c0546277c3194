package org.candor.generation.internal.engine;

import org.candor.api.generate.GeneratorStatus;

/** What was done since the model was loaded. Used by the scheduler's thread. */
final class Counters {

    long promptTokens;
    long cachedTokens;
    long completionTokens;
    long draftTokens;
    long acceptedTokens;
    long passes;
    long preemptions;

    /**
     * These, and what is going on.
     *
     * @param encoderPasses that are not among {@link #passes}
     */
    GeneratorStatus status(
            int running, int waiting, int blocks, int freeBlocks, int keptBlocks, long encoderPasses, long busyNanos) {
        return new GeneratorStatus(
                running,
                waiting,
                blocks,
                freeBlocks,
                keptBlocks,
                promptTokens,
                cachedTokens,
                completionTokens,
                draftTokens,
                acceptedTokens,
                passes + encoderPasses,
                preemptions,
                busyNanos);
    }
}
