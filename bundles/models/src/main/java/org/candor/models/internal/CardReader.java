package org.candor.models.internal;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;

/** Typed access to the JSON values of a card, with errors that name the key. */
record CardReader(String location, Map<String, Object> values, String prefix) {

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int MOST_TOKENS = 1 << 20;
    private static final int MOST_CACHE = 1 << 28;

    CardReader(String location, Map<String, Object> values) {
        this(location, values, "");
    }

    /** The object that says how the model is used for a task. */
    ModelUse use(Task task) throws ModelFormatException {
        return switch (task) {
            case EMBED -> inside(ModelUse.Encoding.KEY).encoding();
            case GENERATE ->
                values.containsKey(ModelUse.Adapting.KEY)
                        ? adapting()
                        : inside(ModelUse.Generating.KEY).generating();
        };
    }

    private ModelUse encoding() throws ModelFormatException {
        return new ModelUse.Encoding(new EncoderSettings(
                choice("pooling", Pooling.class),
                flag("normalize"),
                (int) whole("maxTokens", 3, MOST_TOKENS),
                text("queryPrefix"),
                choice("weights", WeightType.class)));
    }

    private ModelUse generating() throws ModelFormatException {
        int block = (int) whole("blockTokens", 1, 1024);
        int most = (int) whole("maxTokens", 0, MOST_TOKENS);
        int cache = (int) whole("cacheTokens", Math.max(block, most), MOST_CACHE);
        CacheType held = values.containsKey(ModelUse.Generating.CACHE)
                ? choice(ModelUse.Generating.CACHE, CacheType.class)
                : CacheType.F32;
        return new ModelUse.Generating(
                new GeneratorSettings(choice("weights", WeightType.class), held, most, cache, block));
    }

    private ModelUse adapting() throws ModelFormatException {
        if (values.containsKey(ModelUse.Generating.KEY)) {
            throw wrong(ModelUse.Generating.KEY, "an adapter has none, since everything is as its base has it");
        }
        CardReader base = inside(ModelUse.Adapting.KEY).inside("base");
        return new ModelUse.Adapting(new ModelId(
                base.matching("name", ModelCard.NAME),
                base.matching("version", ModelCard.NAME),
                base.matching("digest", DIGEST)));
    }

    CardReader inside(String key) throws ModelFormatException {
        return new CardReader(location, object(key), prefix + key + ".");
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> object(String key) throws ModelFormatException {
        if (values.get(key) instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw wrong(key, "an object is needed");
    }

    List<?> list(String key) throws ModelFormatException {
        if (values.get(key) instanceof List<?> list) {
            return list;
        }
        throw wrong(key, "a list is needed");
    }

    String text(String key) throws ModelFormatException {
        if (values.get(key) instanceof String text) {
            return text;
        }
        throw wrong(key, "a string is needed");
    }

    String matching(String key, Pattern pattern) throws ModelFormatException {
        String text = text(key);
        if (!pattern.matcher(text).matches()) {
            throw wrong(key, "it has to match " + pattern);
        }
        return text;
    }

    boolean flag(String key) throws ModelFormatException {
        if (values.get(key) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "true or false is needed");
    }

    long whole(String key, long from, long to) throws ModelFormatException {
        Object value = values.get(key);
        if ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= from
                && ((Number) value).longValue() <= to) {
            return ((Number) value).longValue();
        }
        throw wrong(key, "a whole number from " + from + " to " + to + " is needed");
    }

    <E extends Enum<E>> E choice(String key, Class<E> type) throws ModelFormatException {
        String text = text(key);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw wrong(key, "one of " + List.of(type.getEnumConstants()) + " is needed");
    }

    private ModelFormatException wrong(String key, String needed) {
        Object value = values.get(key);
        String found = value == null ? "missing" : String.valueOf(value);
        return new ModelFormatException(location + ": card.json: " + prefix + key + " is "
                + (found.length() > 80 ? found.substring(0, 80) + "..." : found) + ": " + needed);
    }
}
