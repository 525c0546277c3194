package org.candor.api.compute;

import java.util.Arrays;
import java.util.Locale;

/**
 * How a {@link Weight} is held by its backend. Products with Q8 and Q4 are fast arithmetic: x is rounded to blocks of 32
 * signed 8-bit integers with one binary32 scale each, and a block's product is summed exactly. Products with the others
 * take x as it is.
 */
public enum WeightType {
    /** Every element as stored, in binary32. */
    F32,
    /** Rounded to nearest even bfloat16; products are summed in binary32. */
    BF16,
    /**
     * Signed 8-bit integers with one binary32 scale per output channel (row): {@code w = scale * q}, {@code q} in
     * [-127, 127], {@code scale = max|row| / 127}. Products are summed exactly or in binary32.
     */
    I8,
    /** IEEE 754 binary16, rounded to nearest even; products are summed in binary32. */
    F16,
    /** Blocks of 32 signed 8-bit integers with one binary16 scale: {@link BlockType#Q8_0}. */
    Q8,
    /** Blocks of 32 4-bit integers with one binary16 scale: {@link BlockType#Q4_0}. */
    Q4,
    /** As the source has them: one of the other types, which {@link Weight#type} then says. */
    STORED;

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
