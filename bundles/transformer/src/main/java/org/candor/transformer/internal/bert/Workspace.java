package org.candor.transformer.internal.bert;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.compute.Backend;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;

/** A queue and the tensors one pass needs, for up to a certain number of tokens. Used by one pass at a time. */
final class Workspace implements AutoCloseable {

    /**
     * The first rows of each tensor.
     *
     * @param ids (1, tokens)
     * @param types (1, tokens)
     * @param positions (1, tokens)
     * @param hidden (tokens, hidden): the residual stream
     * @param queryKeyValue (tokens, 3 hidden)
     * @param attended (tokens, hidden)
     * @param inner (tokens, intermediate)
     * @param scratch (tokens, hidden)
     */
    record Views(
            Tensor ids,
            Tensor types,
            Tensor positions,
            Tensor hidden,
            Tensor queryKeyValue,
            Tensor attended,
            Tensor inner,
            Tensor scratch) {

        private Views first(int tokens) {
            return new Views(
                    ids.columns(0, tokens),
                    types.columns(0, tokens),
                    positions.columns(0, tokens),
                    hidden.rows(0, tokens),
                    queryKeyValue.rows(0, tokens),
                    attended.rows(0, tokens),
                    inner.rows(0, tokens),
                    scratch.rows(0, tokens));
        }
    }

    private final int capacity;
    private final Ops ops;
    private final List<Tensor> held = new ArrayList<>();
    private final Views whole;
    private long bytes;

    /** @throws org.candor.api.compute.BackendException when memory is exhausted; nothing stays allocated then */
    Workspace(Backend backend, BertConfiguration configuration, int capacity) {
        this.capacity = capacity;
        this.ops = backend.ops();
        int hidden = configuration.hidden();
        try {
            this.whole = new Views(
                    hold(backend, ElementType.I32, 1, capacity),
                    hold(backend, ElementType.I32, 1, capacity),
                    hold(backend, ElementType.I32, 1, capacity),
                    hold(backend, ElementType.F32, capacity, hidden),
                    hold(backend, ElementType.F32, capacity, 3 * hidden),
                    hold(backend, ElementType.F32, capacity, hidden),
                    hold(backend, ElementType.F32, capacity, configuration.intermediate()),
                    hold(backend, ElementType.F32, capacity, hidden));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Tensor hold(Backend backend, ElementType type, int rows, int columns) {
        Tensor tensor = backend.allocate(type, rows, columns);
        held.add(tensor);
        bytes += (long) type.bytes() * rows * columns;
        return tensor;
    }

    Ops ops() {
        return ops;
    }

    /** Most tokens of a pass. */
    int capacity() {
        return capacity;
    }

    /** Bytes of the tensors. */
    long bytes() {
        return bytes;
    }

    /** Views of what a pass over so many tokens uses. */
    Views rows(int tokens) {
        return whole.first(tokens);
    }

    @Override
    public void close() {
        ops.close();
        held.forEach(Tensor::close);
    }
}
