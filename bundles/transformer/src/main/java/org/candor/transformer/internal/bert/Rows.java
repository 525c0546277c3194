package org.candor.transformer.internal.bert;

import java.util.Arrays;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;

/** Reads a tensor row by row. */
final class Rows {

    private Rows() {}

    /** Waits for the queue and copies the tensor out: (rows, columns). */
    static float[][] read(Ops ops, Tensor x) {
        float[] flat = new float[x.rows() * x.columns()];
        ops.read(x, flat, 0);
        float[][] rows = new float[x.rows()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * x.columns(), (i + 1) * x.columns());
        }
        return rows;
    }
}
