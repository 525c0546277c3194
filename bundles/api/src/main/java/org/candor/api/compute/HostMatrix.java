package org.candor.api.compute;

import java.lang.foreign.MemorySegment;

/**
 * A matrix in host memory, usually mapped from a weight file: little-endian, dense, not necessarily aligned.
 *
 * @param data exactly the elements, {@code rows * columns * type.bytes()} bytes
 * @param type element type of {@code data}: F32, BF16 or F16
 * @param rows rows of the logical matrix
 * @param columns columns of the logical matrix
 * @param transposed true when {@code data} holds the transposed matrix, (columns, rows) row major
 */
public record HostMatrix(MemorySegment data, ElementType type, int rows, int columns, boolean transposed) {

    /** @throws IllegalArgumentException when the segment's size does not fit the shape */
    public HostMatrix {
        if (rows <= 0 || columns <= 0) {
            throw new IllegalArgumentException(
                    "matrix of shape (" + rows + ", " + columns + "): both must be positive");
        }
        long expected = (long) rows * columns * type.bytes();
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException("matrix of shape (" + rows + ", " + columns + ") in " + type + " needs "
                    + expected + " bytes, but has " + data.byteSize());
        }
    }
}
