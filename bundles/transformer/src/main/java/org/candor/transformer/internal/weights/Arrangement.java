package org.candor.transformer.internal.weights;

import org.candor.transformer.internal.gguf.RowOrder;

/**
 * How the values of a tensor are made from what is stored, when they are not simply that.
 *
 * @param rows order of the outermost dimension
 * @param turned true when a matrix of this shape (a, b) is stored as (b, a)
 * @param shift added to every value
 */
public record Arrangement(RowOrder rows, boolean turned, float shift) {

    /** As stored. */
    public static final Arrangement PLAIN = new Arrangement(RowOrder.AS_STORED, false, 0);

    /** Whether the stored rows are the rows, in order and without a shift. */
    boolean inOrder() {
        return rows == RowOrder.AS_STORED && shift == 0;
    }
}
