package org.candor.api.compute;

import java.util.Arrays;
import java.util.Locale;

/**
 * How keys and values lie in a cache. They are rounded when they are stored, and attention reads what was stored and
 * nothing else, so that a token's scores do not depend on when its keys were written.
 */
public enum CacheType {
    /** As they are, in binary32. */
    F32(ElementType.F32),
    /** Rounded to the nearest bfloat16, ties to even. */
    BF16(ElementType.BF16),
    /**
     * Signed 8-bit integers with one binary32 scale for each token and head: {@code x = scale * q}, {@code scale =
     * max|x| / 127} over the token's values of that head, {@code q} in [-127, 127] the nearest to {@code x / scale}, ties
     * to even; {@code scale * q} is rounded to binary32. A scale over several tokens would have to change, and with it
     * what is there, when another token comes.
     */
    INT8(ElementType.I8);

    private final ElementType element;

    CacheType(ElementType element) {
        this.element = element;
    }

    /** Type of the elements of a cache's tensors. */
    public ElementType element() {
        return element;
    }

    /**
     * Bytes of one token's keys, or of its values, in one layer.
     *
     * @param heads of keys and values
     * @param headSize columns of one head
     */
    public long bytes(int heads, int headSize) {
        long elements = (long) heads * headSize * element.bytes();
        return this == INT8 ? elements + (long) heads * Float.BYTES : elements;
    }

    /**
     * The type that people call so, in upper or lower case.
     *
     * @throws IllegalArgumentException saying which ones there are
     */
    public static CacheType named(String name) {
        for (CacheType type : values()) {
            if (type.name().equalsIgnoreCase(name)) {
                return type;
            }
        }
        String all = String.join(", ", Arrays.stream(values()).map(Enum::name).toList());
        throw new IllegalArgumentException(
                "\"" + name + "\" is no type of cache, there are " + all.toLowerCase(Locale.ROOT));
    }
}
