package org.candor.transformer.internal.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.candor.api.compute.HostMatrix;

/** Puts matrices with the same inputs one under the other, so that one product computes all their outputs. */
public final class StackedMatrix {

    private StackedMatrix() {}

    /**
     * The rows of all matrices, in order. All must be of one type, have the same columns and be transposed or not alike.
     *
     * @param arena holds the result
     */
    public static HostMatrix of(List<HostMatrix> matrices, Arena arena) {
        HostMatrix first = matrices.getFirst();
        int rows = 0;
        for (HostMatrix matrix : matrices) {
            if (matrix.type() != first.type()
                    || matrix.columns() != first.columns()
                    || matrix.transposed() != first.transposed()) {
                throw new IllegalArgumentException("matrices of different type, width or layout cannot be stacked");
            }
            rows = Math.addExact(rows, matrix.rows());
        }
        long element = first.type().bytes();
        MemorySegment stacked = arena.allocate(element * rows * first.columns(), 64);
        long offset = 0;
        for (HostMatrix matrix : matrices) {
            if (matrix.transposed()) {
                long width = element * matrix.rows();
                for (long input = 0; input < matrix.columns(); input++) {
                    MemorySegment.copy(matrix.data(), input * width, stacked, input * element * rows + offset, width);
                }
                offset += width;
            } else {
                MemorySegment.copy(
                        matrix.data(), 0, stacked, offset, matrix.data().byteSize());
                offset += matrix.data().byteSize();
            }
        }
        return new HostMatrix(stacked, first.type(), rows, first.columns(), first.transposed());
    }
}
