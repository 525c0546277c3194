package org.candor.transformer.internal.decoder;

import java.util.List;
import org.candor.api.compute.Backend;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;

/**
 * The angles of one pass for one rotary embedding: rows of the model's tables, or, where a text's length has frequencies of
 * its own, tables made for the pass. Used by one thread.
 */
final class Rotation implements AutoCloseable {

    private final RotaryTables tables;
    private final Tensor rows;
    private final Tensor ownCos;
    private final Tensor ownSin;
    private final int[] numbers;
    private Tensor cos;
    private Tensor sin;
    private Tensor used;

    /** @param capacity most tokens of a pass */
    Rotation(Backend backend, RotaryTables tables, int capacity) {
        this.tables = tables;
        this.numbers = new int[capacity];
        this.rows = backend.allocate(ElementType.I32, 1, capacity);
        boolean own = tables.embedding() instanceof RotaryEmbedding.Dynamic;
        int half = tables.embedding().rotary() / 2;
        this.ownCos = own ? backend.allocate(ElementType.F32, capacity, half) : null;
        this.ownSin = own ? backend.allocate(ElementType.F32, capacity, half) : null;
    }

    /** Takes the angles of these parts' new tokens. */
    void prepare(Ops ops, List<DecoderModel.Part> parts) {
        RotaryEmbedding embedding = tables.embedding();
        int tokens = 0;
        boolean own = false;
        for (DecoderModel.Part part : parts) {
            int table = embedding.table(part.totalLength());
            own |= table < 0;
            for (int i = 0; i < part.ids().length; i++) {
                numbers[tokens++] = table * tables.positions() + part.sequence().length() + i;
            }
        }
        if (own) {
            makeOwn(ops, parts, tokens);
        }
        cos = own ? ownCos.rows(0, tokens) : tables.cos();
        sin = own ? ownSin.rows(0, tokens) : tables.sin();
        used = rows.columns(0, tokens);
        ops.upload(numbers, 0, used);
    }

    private void makeOwn(Ops ops, List<DecoderModel.Part> parts, int tokens) {
        RotaryEmbedding embedding = tables.embedding();
        int half = embedding.rotary() / 2;
        float[] cosines = new float[tokens * half];
        float[] sines = new float[tokens * half];
        int row = 0;
        for (DecoderModel.Part part : parts) {
            double[] frequencies = embedding.frequencies(part.totalLength());
            for (int i = 0; i < part.ids().length; i++) {
                int position = part.sequence().length() + i;
                RotaryTables.row(embedding, frequencies, position, cosines, sines, row * half);
                numbers[row] = row;
                row++;
            }
        }
        ops.upload(cosines, 0, ownCos.rows(0, tokens));
        ops.upload(sines, 0, ownSin.rows(0, tokens));
    }

    /** Turns the heads in x, one row for each token, in place. */
    void turn(Ops ops, Tensor x, int headSize) {
        ops.rope(x, used, cos, sin, headSize, x);
    }

    @Override
    public void close() {
        rows.close();
        if (ownCos != null) {
            ownCos.close();
            ownSin.close();
        }
    }
}
