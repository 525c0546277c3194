package org.candor.transformer.internal.decoder;

import org.candor.api.compute.Backend;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Tensor;

/** Room for what adapters add to a linear layer, kept from pass to pass. */
final class LoraWorkspace implements AutoCloseable {

    private final Tensor low;
    private final Tensor high;

    /** @throws org.candor.api.compute.BackendException when memory is exhausted; nothing stays allocated then */
    LoraWorkspace(Backend backend, int capacity, int rank, int width) {
        low = backend.allocate(ElementType.F32, capacity, rank);
        try {
            high = backend.allocate(ElementType.F32, capacity, width);
        } catch (RuntimeException e) {
            low.close();
            throw e;
        }
    }

    boolean fits(int tokens, int rank, int width) {
        return tokens <= low.rows() && rank <= low.columns() && width <= high.columns();
    }

    Tensor low() {
        return low;
    }

    Tensor high() {
        return high;
    }

    long bytes() {
        return bytes(low.rows(), low.columns(), high.columns());
    }

    /** Of one for so many tokens. */
    static long bytes(int tokens, int rank, int width) {
        return (long) Float.BYTES * tokens * (rank + width);
    }

    @Override
    public void close() {
        low.close();
        high.close();
    }
}
