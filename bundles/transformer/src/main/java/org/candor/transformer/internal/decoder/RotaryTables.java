package org.candor.transformer.internal.decoder;

import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.transformer.internal.DeviceMemory;

/**
 * Cosines and sines of a rotary embedding on the device: one row for each position, for each table of the embedding one
 * after the other.
 *
 * @param embedding what they were computed from
 * @param positions rows of one table
 * @param cos (tables * positions, rotary / 2)
 * @param sin shape of cos
 */
record RotaryTables(RotaryEmbedding embedding, int positions, Tensor cos, Tensor sin) {

    private static final int ROWS_AT_A_TIME = 1024;

    static RotaryTables of(RotaryEmbedding embedding, int positions, DeviceMemory memory, Ops ops) {
        int half = embedding.rotary() / 2;
        int rows = Math.multiplyExact(embedding.tables(), positions);
        RotaryTables tables =
                new RotaryTables(embedding, positions, memory.allocate(rows, half), memory.allocate(rows, half));
        float[] cos = new float[ROWS_AT_A_TIME * half];
        float[] sin = new float[ROWS_AT_A_TIME * half];
        for (int table = 0; table < embedding.tables(); table++) {
            double[] frequencies = embedding.frequencies(embedding.lengthOf(table));
            for (int from = 0; from < positions; from += ROWS_AT_A_TIME) {
                int count = Math.min(ROWS_AT_A_TIME, positions - from);
                for (int i = 0; i < count; i++) {
                    row(embedding, frequencies, from + i, cos, sin, i * half);
                }
                int at = table * positions + from;
                ops.upload(cos, 0, tables.cos.rows(at, at + count));
                ops.upload(sin, 0, tables.sin.rows(at, at + count));
            }
        }
        return tables;
    }

    /** Writes the cosines and sines of one position. */
    static void row(RotaryEmbedding embedding, double[] frequencies, int position, float[] cos, float[] sin, int at) {
        for (int i = 0; i < frequencies.length; i++) {
            double angle = position * frequencies[i];
            cos[at + i] = (float) (embedding.amplitude() * Math.cos(angle));
            sin[at + i] = (float) (embedding.amplitude() * Math.sin(angle));
        }
    }
}
