package org.candor.api.compute;

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
    I8
}
