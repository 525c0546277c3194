package org.candor.transformer.internal.decoder;

import java.util.ArrayList;
import java.util.List;

/**
 * A linear layer that an adapter may change, as the base's files name it.
 *
 * @param name in the model for causal language modelling
 * @param layer number of the block
 * @param site the product that it is a part of
 * @param column of the product's result where its outputs begin
 */
record LoraModule(String name, int layer, LinearSite site, int column, int outputs, int inputs) {

    /** All of a decoder. Experts and their router, embeddings and the output layer are none. */
    static List<LoraModule> of(DecoderConfiguration configuration) {
        TensorNames names = configuration.names();
        StackConfiguration stack = configuration.decoder();
        int hidden = stack.hidden();
        int queries = stack.queryColumns();
        int keys = stack.keyValueColumns();
        List<LoraModule> modules = new ArrayList<>();
        for (int i = 0; i < stack.layers().size(); i++) {
            String block =
                    names.prefixes().getFirst() + names.stack() + names.block().formatted(i);
            add(modules, block, names.queryKeyValue(), i, LinearSite.QUERY_KEY_VALUE, hidden, queries, keys, keys);
            add(modules, block, List.of(names.attentionOutput()), i, LinearSite.ATTENTION_OUTPUT, queries, hidden);
            StackConfiguration.Layer layer = stack.layers().get(i);
            if (layer.experts() == null) {
                int width = layer.intermediate();
                int[] up = stack.gated() ? new int[] {width, width} : new int[] {width};
                add(modules, block, names.gateUp(stack.gated()), i, LinearSite.FEED_FORWARD_UP, hidden, up);
                add(modules, block, List.of(names.down()), i, LinearSite.FEED_FORWARD_DOWN, width, hidden);
            }
        }
        return modules;
    }

    /** Layers with so many outputs each, or one with the outputs of all. */
    private static void add(
            List<LoraModule> modules,
            String block,
            List<String> names,
            int layer,
            LinearSite site,
            int inputs,
            int... outputs) {
        int column = 0;
        for (int i = 0; i < outputs.length; i++) {
            if (names.size() > 1) {
                modules.add(new LoraModule(block + names.get(i), layer, site, column, outputs[i], inputs));
            }
            column += outputs[i];
        }
        if (names.size() == 1) {
            modules.add(new LoraModule(block + names.getFirst(), layer, site, 0, column, inputs));
        }
    }
}
