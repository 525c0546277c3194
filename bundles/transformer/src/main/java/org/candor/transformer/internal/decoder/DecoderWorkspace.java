package org.candor.transformer.internal.decoder;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.compute.Backend;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Tensor;

/** The tensors that one pass needs, for up to a certain number of tokens. They are kept from pass to pass. */
final class DecoderWorkspace implements AutoCloseable {

    /** Rows of logits that are computed at once. */
    static final int LOGIT_ROWS = 32;

    /**
     * The first rows of each tensor.
     *
     * @param tokens rows
     * @param ids (1, tokens)
     * @param positions (1, tokens)
     * @param slots (1, tokens)
     * @param hidden (tokens, hidden): the residual stream
     * @param normed (tokens, hidden)
     * @param queryKeyValue (tokens, columns of q, k and v)
     * @param attended (tokens, columns of q)
     * @param result (tokens, hidden): of attention, feed-forward network or expert
     * @param up (tokens, gate and values)
     * @param scores (tokens, experts), or null
     * @param gathered (tokens, hidden): the tokens of an expert, or null
     * @param gatheredRows (1, tokens), or null
     * @param gatheredScales (1, tokens), or null
     */
    record Views(
            int tokens,
            Tensor ids,
            Tensor positions,
            Tensor slots,
            Tensor hidden,
            Tensor normed,
            Tensor queryKeyValue,
            Tensor attended,
            Tensor result,
            Tensor up,
            Tensor scores,
            Tensor gathered,
            Tensor gatheredRows,
            Tensor gatheredScales) {

        private Views first(int count) {
            return new Views(
                    count,
                    ids.columns(0, count),
                    positions.columns(0, count),
                    slots.columns(0, count),
                    hidden.rows(0, count),
                    normed.rows(0, count),
                    queryKeyValue.rows(0, count),
                    attended.rows(0, count),
                    result.rows(0, count),
                    up.rows(0, count),
                    scores == null ? null : scores.rows(0, count),
                    gathered == null ? null : gathered.rows(0, count),
                    gatheredRows == null ? null : gatheredRows.columns(0, count),
                    gatheredScales == null ? null : gatheredScales.columns(0, count));
        }
    }

    private final int capacity;
    private final List<Tensor> held = new ArrayList<>();
    private final Views whole;
    private final Tensor logits;
    private Views last;
    private long bytes;

    /** @throws org.candor.api.compute.BackendException when memory is exhausted; nothing stays allocated then */
    DecoderWorkspace(Backend backend, DecoderConfiguration configuration, int capacity) {
        this.capacity = capacity;
        StackConfiguration decoder = configuration.decoder();
        StackConfiguration encoder = configuration.encoder() == null ? decoder : configuration.encoder();
        int hidden = decoder.hidden();
        int queries = Math.max(decoder.queryColumns(), encoder.queryColumns());
        int keys = Math.max(decoder.keyValueColumns(), encoder.keyValueColumns());
        int up = Math.max(upColumns(decoder), upColumns(encoder));
        int experts = decoder.experts();
        try {
            this.whole = new Views(
                    capacity,
                    hold(backend, ElementType.I32, 1, capacity),
                    hold(backend, ElementType.I32, 1, capacity),
                    hold(backend, ElementType.I32, 1, capacity),
                    hold(backend, ElementType.F32, capacity, hidden),
                    hold(backend, ElementType.F32, capacity, hidden),
                    hold(backend, ElementType.F32, capacity, queries + 2 * keys),
                    hold(backend, ElementType.F32, capacity, queries),
                    hold(backend, ElementType.F32, capacity, hidden),
                    hold(backend, ElementType.F32, capacity, up),
                    experts == 0 ? null : hold(backend, ElementType.F32, capacity, experts),
                    experts == 0 ? null : hold(backend, ElementType.F32, capacity, hidden),
                    experts == 0 ? null : hold(backend, ElementType.I32, 1, capacity),
                    experts == 0 ? null : hold(backend, ElementType.F32, 1, capacity));
            this.logits = hold(backend, ElementType.F32, Math.min(capacity, LOGIT_ROWS), configuration.vocabulary());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Bytes of the tensors for so many tokens of a model without experts. */
    static long bytes(DecoderConfiguration configuration, int capacity) {
        StackConfiguration decoder = configuration.decoder();
        StackConfiguration encoder = configuration.encoder() == null ? decoder : configuration.encoder();
        long queries = Math.max(decoder.queryColumns(), encoder.queryColumns());
        long keys = Math.max(decoder.keyValueColumns(), encoder.keyValueColumns());
        long up = Math.max(upColumns(decoder), upColumns(encoder));
        long row = 3 + 3L * decoder.hidden() + 2 * queries + 2 * keys + up;
        long logits = (long) Math.min(capacity, LOGIT_ROWS) * configuration.vocabulary();
        return Float.BYTES * (capacity * row + logits);
    }

    private static int upColumns(StackConfiguration stack) {
        return (stack.gated() ? 2 : 1) * stack.intermediate();
    }

    private Tensor hold(Backend backend, ElementType type, int rows, int columns) {
        Tensor tensor = backend.allocate(type, rows, columns);
        held.add(tensor);
        bytes += (long) type.bytes() * rows * columns;
        return tensor;
    }

    /** Most tokens of a pass. */
    int capacity() {
        return capacity;
    }

    long bytes() {
        return bytes;
    }

    /** Views of what a pass over so many tokens uses. */
    Views first(int tokens) {
        if (last == null || last.tokens != tokens) {
            last = whole.first(tokens);
        }
        return last;
    }

    /** (rows, vocabulary), rows being at most the capacity and {@link #LOGIT_ROWS}. */
    Tensor logits(int rows) {
        return logits.rows(0, rows);
    }

    @Override
    public void close() {
        held.forEach(Tensor::close);
    }
}
