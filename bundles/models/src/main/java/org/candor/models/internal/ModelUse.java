package org.candor.models.internal;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.candor.api.compute.CacheType;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelId;

/** What a card says about how its model is used, in the object {@link #key}. */
sealed interface ModelUse {

    Task task();

    /** Name of the card's object. */
    String key();

    /** The card's object. */
    Map<String, Object> values();

    /** As a text encoder. */
    record Encoding(EncoderSettings settings) implements ModelUse {
        static final String KEY = "encoder";

        @Override
        public Task task() {
            return Task.EMBED;
        }

        @Override
        public String key() {
            return KEY;
        }

        @Override
        public Map<String, Object> values() {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("pooling", settings.pooling().name().toLowerCase(Locale.ROOT));
            values.put("normalize", settings.normalize());
            values.put("maxTokens", settings.maxTokens());
            values.put("queryPrefix", settings.queryPrefix());
            values.put("weights", settings.weights().name());
            return values;
        }
    }

    /** As a model that writes. */
    record Generating(GeneratorSettings settings) implements ModelUse {
        static final String KEY = "generator";

        /** How keys and values are held; a card without it means f32, as all did once. */
        static final String CACHE = "cache";

        /** The same for a model that takes so many tokens: no text is longer than the cache. */
        Generating within(int tokens) {
            int most = Math.min(tokens, settings.cacheTokens());
            return new Generating(new GeneratorSettings(
                    settings.weights(), settings.cache(), most, settings.cacheTokens(), settings.blockTokens()));
        }

        /** The same with a cache of so many tokens, held so. */
        Generating withCache(CacheType type, int tokens) {
            return new Generating(new GeneratorSettings(
                    settings.weights(), type, settings.maxTokens(), tokens, settings.blockTokens()));
        }

        @Override
        public Task task() {
            return Task.GENERATE;
        }

        @Override
        public String key() {
            return KEY;
        }

        @Override
        public Map<String, Object> values() {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("weights", settings.weights().name());
            if (settings.cache() != CacheType.F32) {
                values.put(CACHE, settings.cache().name());
            }
            values.put("maxTokens", settings.maxTokens());
            values.put("cacheTokens", settings.cacheTokens());
            values.put("blockTokens", settings.blockTokens());
            return values;
        }
    }

    /** As a low-rank adapter of a model that writes: one itself, on the very revision that it pins. */
    record Adapting(ModelId base) implements ModelUse {
        static final String KEY = "adapter";

        @Override
        public Task task() {
            return Task.GENERATE;
        }

        @Override
        public String key() {
            return KEY;
        }

        @Override
        public Map<String, Object> values() {
            Map<String, Object> pinned = new LinkedHashMap<>();
            pinned.put("name", base.name());
            pinned.put("version", base.version());
            pinned.put("digest", base.digest());
            return Map.of("base", pinned);
        }
    }
}
