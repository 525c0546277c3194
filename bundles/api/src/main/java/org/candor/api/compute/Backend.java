package org.candor.api.compute;

/**
 * A device that transformers run on. Tensors and weights are handles in its memory; {@link Ops} queues work on them.
 * Thread safe. Registered as a service with the property {@code name}.
 *
 * <p>Every implementation passes {@code org.candor.api.compute.BackendContract} in this bundle's test jar.
 */
public interface Backend {

    /** Short name, for example {@code cpu}. */
    String name();

    /** What is driven and how, for people: device, kernel tier, threads. One line. */
    String description();

    /**
     * A zeroed tensor.
     *
     * @param type F32, I32, BF16 or I8
     * @throws IllegalArgumentException when rows or columns are not positive
     * @throws BackendException when memory is exhausted
     */
    Tensor allocate(ElementType type, int rows, int columns);

    /**
     * Takes a matrix over into this backend's memory and layout.
     *
     * @param matrix (outputs, inputs)
     * @param type how to hold it
     * @throws BackendException when memory is exhausted
     */
    Weight weight(HostMatrix matrix, WeightType type);

    /**
     * Takes a matrix of quantised blocks over into this backend's memory and layout, value for value.
     *
     * @param matrix (outputs, inputs)
     * @return a weight of type Q8 or Q4
     * @throws BackendException when memory is exhausted
     */
    Weight weight(BlockMatrix matrix);

    /** A new queue of operations. Queues are independent; each keeps its own order. */
    Ops ops();
}
