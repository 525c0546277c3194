package org.candor.models.internal;

import java.io.IOException;
import org.candor.api.compute.CacheType;
import org.candor.api.model.ModelFiles;

/**
 * Tokens that the cache of a model gets which comes without a card: as many as the memory for it holds. They depend on the model and
 * the configuration alone, not on what else is loaded, so that a folder has the same card whenever it is installed.
 */
final class CacheRoom {

    /** A model whose text would be shorter is of little use: without room for so many it is refused. */
    static final int FEWEST = 2_048;

    /** More would be room for many long texts of a small model that nobody asks for. */
    static final int MOST = 65_536;

    private CacheRoom() {}

    /** The same use with such a cache, held as it is configured; one that has none stays as it is. */
    static ModelUse fitted(ModelUse use, String family, ModelFiles files, Loaders loaders, MemoryBudget memory)
            throws IOException {
        if (!(use instanceof ModelUse.Generating generating)) {
            return use;
        }
        CacheType type = memory.cacheType();
        long few = bytes(generating.withCache(type, FEWEST), family, files, loaders);
        long many = bytes(generating.withCache(type, MOST), family, files, loaders);
        double each = (double) (many - few) / (MOST - FEWEST);
        double rest = few - each * FEWEST;
        double tokens = Math.min(memory.cache(), memory.limit() - rest) / each;
        int block = generating.settings().blockTokens();
        return generating.withCache(type, (int) Math.clamp(tokens, FEWEST, MOST) / block * block);
    }

    private static long bytes(ModelUse.Generating use, String family, ModelFiles files, Loaders loaders)
            throws IOException {
        Loaders.Loader loader = loaders.find(family, use);
        return loader == null ? 0 : loader.bytes(files);
    }
}
