package org.candor.api.model;

import org.candor.api.compute.CacheType;
import org.candor.api.compute.WeightType;

/**
 * What a model's card says about its use as a generator.
 *
 * @param weights how weights are held
 * @param cache how keys and values are held
 * @param maxTokens most tokens of one text, prompt and answer; 0 for as many as the model has positions
 * @param cacheTokens tokens whose keys and values fit the cache, of all texts together
 * @param blockTokens tokens of one block of the cache, 1 to 1024
 */
public record GeneratorSettings(WeightType weights, CacheType cache, int maxTokens, int cacheTokens, int blockTokens) {

    /** With keys and values in binary32. */
    public GeneratorSettings(WeightType weights, int maxTokens, int cacheTokens, int blockTokens) {
        this(weights, CacheType.F32, maxTokens, cacheTokens, blockTokens);
    }

    /** @throws IllegalArgumentException when a number is out of range */
    public GeneratorSettings {
        if (blockTokens < 1 || blockTokens > 1024) {
            throw new IllegalArgumentException("blockTokens " + blockTokens + ", allowed are 1 to 1024");
        }
        if (maxTokens < 0 || cacheTokens < blockTokens) {
            throw new IllegalArgumentException("maxTokens " + maxTokens + " and cacheTokens " + cacheTokens
                    + ": not negative, and at least one block of " + blockTokens);
        }
    }
}
