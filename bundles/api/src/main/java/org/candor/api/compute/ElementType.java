package org.candor.api.compute;

/** The type of one element of a {@link Tensor} or of a {@link HostMatrix}. */
public enum ElementType {
    /** IEEE 754 binary32. */
    F32(4),
    /** The upper half of a binary32: 8 exponent bits, 7 mantissa bits. */
    BF16(2),
    /** IEEE 754 binary16; only as a source of weights. */
    F16(2),
    /** Signed 8-bit integer. */
    I8(1),
    /** Signed 32-bit integer: token ids and positions. */
    I32(4);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
