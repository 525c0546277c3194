package org.candor.transformer.internal.decoder;

import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;

/**
 * A table of token embeddings, (vocabulary, hidden), held in one of two ways.
 *
 * @param table in binary32, scaled; or null
 * @param weight as the output layer, which it often is; or null
 * @param scale of what is looked up in {@code weight}
 */
record Embeddings(Tensor table, Weight weight, float scale) {

    /** y[t] = embedding of ids[t] */
    void look(Ops ops, Tensor ids, Tensor y) {
        if (table != null) {
            ops.embedding(table, ids, false, y);
            return;
        }
        ops.embedding(weight, ids, false, y);
        if (scale != 1) {
            ops.scale(y, scale, y);
        }
    }
}
