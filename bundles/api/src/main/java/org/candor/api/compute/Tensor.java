package org.candor.api.compute;

/**
 * A handle on a matrix of numbers in a backend's memory: (rows, columns), row major. A vector is one row. Tensors of
 * higher rank are flattened by their users: hidden states of a batch are (tokens, hidden), tokens of all sequences one
 * after the other.
 *
 * <p>The elements are reached only through {@link Ops#upload} and {@link Ops#read}. A tensor is used by one
 * {@link Ops} queue at a time; closing it while an operation on it is queued waits for that operation. Closing twice
 * does nothing. Use after close throws {@link IllegalStateException}.
 */
public interface Tensor extends AutoCloseable {

    /** Element type. */
    ElementType type();

    /** Number of rows, at least 1. */
    int rows();

    /** Number of columns, at least 1. */
    int columns();

    /** Elements between the start of one row and the start of the next; {@link #columns()} unless this is a view. */
    int rowStride();

    /**
     * A view of the columns [from, to) of all rows. It shares this tensor's memory and lives as long as this tensor;
     * closing it does nothing.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= from < to <= columns()}
     */
    Tensor columns(int from, int to);

    /**
     * A view of the rows [from, to). It shares this tensor's memory and lives as long as this tensor; closing it does
     * nothing.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= from < to <= rows()}
     */
    Tensor rows(int from, int to);

    /** Frees the memory, after operations that use it have finished. */
    @Override
    void close();
}
