package org.candor.transformer.internal.decoder;

import java.util.List;
import org.candor.api.compute.Activation;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.transformer.internal.decoder.LoraAdapter.Delta;
import org.candor.transformer.internal.decoder.StackWeights.Linear;

/**
 * The linear layers of a pass whose rows have different adapters: y = activation(W x + b + B A x). A row's result is
 * made by the same operations whatever adapters the other rows have, so that its bytes are the same.
 *
 * @param spans rows from first to last, together all of the pass; empty where no row has an adapter
 * @param low (rows, rank at least), or null
 * @param high (rows, outputs at least), or null
 */
record LoraPass(List<Span> spans, Tensor low, Tensor high) {

    static final LoraPass NONE = new LoraPass(List.of(), null, null);

    /**
     * Rows with the same adapter.
     *
     * @param to behind the last
     * @param adapter or null for the base
     */
    record Span(int from, int to, LoraAdapter adapter) {
        private List<Delta> deltas(int layer, LinearSite site) {
            return adapter == null ? List.of() : adapter.deltas(layer, site);
        }
    }

    /** As {@link Ops#linear}, and what adapters add to it before the activation. */
    void linear(Ops ops, int layer, LinearSite site, Tensor x, Linear linear, Activation activation, Tensor y) {
        boolean changed =
                spans.stream().anyMatch(span -> !span.deltas(layer, site).isEmpty());
        if (!changed || activation == Activation.IDENTITY) {
            ops.linear(x, linear.weight(), linear.bias(), activation, y);
        }
        if (!changed) {
            return;
        }
        for (Span span : spans) {
            List<Delta> deltas = span.deltas(layer, site);
            Tensor in = x.rows(span.from, span.to);
            Tensor out = y.rows(span.from, span.to);
            if (activation != Activation.IDENTITY) {
                ops.linear(
                        in, linear.weight(), linear.bias(), deltas.isEmpty() ? activation : Activation.IDENTITY, out);
            }
            for (Delta delta : deltas) {
                add(ops, in, delta, out);
            }
            if (activation != Activation.IDENTITY && !deltas.isEmpty()) {
                ops.activate(out, activation, out);
            }
        }
    }

    private void add(Ops ops, Tensor x, Delta delta, Tensor y) {
        Tensor inner = low.rows(0, x.rows()).columns(0, delta.rank());
        Tensor outer = high.rows(0, x.rows()).columns(0, delta.outputs());
        Tensor changed = y.columns(delta.column(), delta.column() + delta.outputs());
        ops.linear(x, delta.a(), null, Activation.IDENTITY, inner);
        ops.linear(inner, delta.b(), null, Activation.IDENTITY, outer);
        ops.add(changed, outer, changed);
    }
}
