package org.candor.api.compute;

import java.util.Arrays;
import java.util.Locale;

/** How a {@link Weight} is held by its backend. Block-quantised types will join these. */
public enum WeightType {
    /** Every element as stored, in binary32. */
    F32,
    /** Rounded to nearest even bfloat16; products are summed in binary32. */
    BF16,
    /**
     * Signed 8-bit integers with one binary32 scale per output channel (row): {@code w = scale * q}, {@code q} in
     * [-127, 127], {@code scale = max|row| / 127}. Products are summed exactly or in binary32.
     */
    I8;

    /**
     * The type that people call so, in upper or lower case.
     *
     * @throws IllegalArgumentException saying which ones there are
     */
    public static WeightType named(String name) {
        for (WeightType type : values()) {
            if (type.name().equalsIgnoreCase(name)) {
                return type;
            }
        }
        String all = String.join(", ", Arrays.stream(values()).map(Enum::name).toList());
        throw new IllegalArgumentException(
                "\"" + name + "\" is no type of weights, there are " + all.toLowerCase(Locale.ROOT));
    }
}
