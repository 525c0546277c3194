package org.candor.models.internal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.management.JMException;
import javax.management.ObjectName;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;

/** How much memory models may take together. Thread safe. */
final class MemoryBudget {

    private static final long HALF = 2;
    private static final long EIGHTH = 8;

    private final LongSupplier used;
    private final Runnable relief;
    private volatile long configured;
    private volatile long configuredCache;
    private volatile CacheType cacheType = CacheType.F32;

    /**
     * @param configured bytes, or 0 for half of the machine's (or container's) memory
     * @param used bytes that loaded models hold
     * @param relief unloads what is not in use
     */
    MemoryBudget(long configured, LongSupplier used, Runnable relief) {
        this.configured = configured;
        this.used = used;
        this.relief = relief;
    }

    void configured(long bytes) {
        configured = bytes;
    }

    /** @param bytes of the cache of a model that comes without a card, or 0 for an eighth of the limit or of Java's heap */
    void configuredCache(long bytes) {
        configuredCache = bytes;
    }

    /** @param type of the cache of a model that comes without a card */
    void configuredCacheType(CacheType type) {
        cacheType = type;
    }

    CacheType cacheType() {
        return cacheType;
    }

    /** Bytes for the keys and values of one model. They lie on Java's heap, of which everything else needs some too. */
    long cache() {
        long heap = Runtime.getRuntime().maxMemory();
        long wanted = configuredCache > 0 ? configuredCache : Math.min(limit(), heap) / EIGHTH;
        return Math.min(limit(), Math.min(heap / HALF, wanted));
    }

    long limit() {
        return configured > 0 ? configured : machine() / HALF;
    }

    /** @throws ModelFormatException when so much does not fit beside the models that are loaded */
    void admit(String location, long needed) throws ModelFormatException {
        long limit = limit();
        if (needed > limit - used.getAsLong()) {
            relief.run();
        }
        long held = used.getAsLong();
        if (needed > limit - held) {
            throw new ModelFormatException(location + ": there is not enough memory for it: about " + Sizes.of(needed)
                    + " are needed, " + Sizes.of(Math.max(0, limit - held)) + " of memoryBytes " + Sizes.of(limit)
                    + " are left beside the models that are loaded");
        }
    }

    /** Of an encoder: weights are as large as their files when they are held as they are stored, in fp32. */
    static long estimate(ModelFiles files, WeightType type) throws IOException {
        long stored = 0;
        for (Map.Entry<String, Path> file : files.files().entrySet()) {
            stored += file.getKey().endsWith(".json") ? 0 : Files.size(file.getValue());
        }
        // tables of an encoder stay as they are stored: about a third of a small one
        return switch (type) {
            case Q4 -> stored * 2 / 5;
            case I8, Q8 -> stored / 2;
            case BF16, F16 -> stored * 2 / 3;
            case F32, STORED -> stored;
        };
    }

    private static long machine() {
        try {
            Object total = ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName("java.lang:type=OperatingSystem"), "TotalMemorySize");
            return total instanceof Long bytes && bytes > 0 ? bytes : Long.MAX_VALUE;
        } catch (JMException e) {
            return Long.MAX_VALUE;
        }
    }
}
