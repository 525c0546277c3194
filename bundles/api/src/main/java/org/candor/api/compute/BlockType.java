package org.candor.api.compute;

/**
 * Blocks of 32 values of one row of a {@link BlockMatrix}, little-endian, as ggml stores them (ggml-common.h, block_q8_0
 * and block_q4_0): value = d * q with one binary16 scale d.
 */
public enum BlockType {
    /** d, then 32 signed bytes q. */
    Q8_0(34),
    /** d, then 16 bytes: value i in the lower half of byte i, value 16 + i in the upper one; q = code - 8. */
    Q4_0(18);

    /** Values of one block. */
    public static final int VALUES = 32;

    private final int bytes;

    BlockType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one block. */
    public int bytes() {
        return bytes;
    }

    /** Bytes of a row of so many values, whole blocks. */
    public long rowBytes(int columns) {
        return (long) (columns / VALUES) * bytes;
    }
}
