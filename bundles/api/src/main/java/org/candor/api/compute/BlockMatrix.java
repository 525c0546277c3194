package org.candor.api.compute;

import java.lang.foreign.MemorySegment;
import java.util.function.IntFunction;

/**
 * A matrix of quantised blocks in host memory, usually mapped from a weight file. Its rows need not lie one after the
 * other, so that parts of several tensors, or rows in another order, make one matrix without a copy.
 *
 * @param type how a row's values are stored
 * @param rows rows of the matrix
 * @param columns columns of the matrix, a multiple of {@link BlockType#VALUES}
 * @param row gives the bytes of each row, {@code type.rowBytes(columns)} of them, not necessarily aligned
 */
public record BlockMatrix(BlockType type, int rows, int columns, IntFunction<MemorySegment> row) {

    /** @throws IllegalArgumentException when a row is not whole blocks */
    public BlockMatrix {
        if (rows <= 0 || columns <= 0 || columns % BlockType.VALUES != 0) {
            throw new IllegalArgumentException("matrix of shape (" + rows + ", " + columns + ") in " + type
                    + ": both must be positive, and a row whole blocks of " + BlockType.VALUES);
        }
    }

    /**
     * The bytes of one row.
     *
     * @throws IllegalArgumentException when there are too many or too few
     */
    public MemorySegment bytes(int index) {
        MemorySegment bytes = row.apply(index);
        if (bytes.byteSize() != type.rowBytes(columns)) {
            throw new IllegalArgumentException("row " + index + " of a matrix with " + columns + " columns in " + type
                    + " needs " + type.rowBytes(columns) + " bytes, but has " + bytes.byteSize());
        }
        return bytes;
    }
}
