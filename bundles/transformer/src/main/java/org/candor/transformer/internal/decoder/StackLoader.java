package org.candor.transformer.internal.decoder;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.compute.Tensor;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.decoder.StackWeights.Cross;
import org.candor.transformer.internal.decoder.StackWeights.FeedForward;
import org.candor.transformer.internal.decoder.StackWeights.FeedForward.Dense;
import org.candor.transformer.internal.decoder.StackWeights.Layer;
import org.candor.transformer.internal.decoder.StackWeights.Linear;
import org.candor.transformer.internal.decoder.TensorSource.Part;

/**
 * Finds the tensors of a stack of blocks under a brand's names.
 *
 * @param prefix before all names, the stack's own included
 */
record StackLoader(TensorSource source, TensorNames names, StackConfiguration stack, String prefix) {

    StackWeights load() throws ModelFormatException {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < stack.layers().size(); i++) {
            layers.add(layer(prefix + names.block().formatted(i), stack.layers().get(i)));
        }
        return new StackWeights(
                layers, source.norm(prefix + names.finalNorm(), stack.norm(), stack.hidden()), distanceBias());
    }

    private Layer layer(String block, StackConfiguration.Layer layer) throws ModelFormatException {
        int hidden = stack.hidden();
        int queries = stack.queryColumns();
        int keys = stack.keyValueColumns();
        return new Layer(
                norm(block, names.inputNorm()),
                source.linear(
                        parts(block, names.queryKeyValue(), queries, keys, keys),
                        hidden,
                        stack.biases().queryKeyValue()),
                stack.queryKeyNorm() ? source.norm(block + names.queryNorm(), stack.norm(), stack.headSize()) : null,
                stack.queryKeyNorm() ? source.norm(block + names.keyNorm(), stack.norm(), stack.headSize()) : null,
                linear(
                        block + names.attentionOutput(),
                        hidden,
                        queries,
                        stack.biases().attentionOutput()),
                stack.normAfter() ? norm(block, names.attentionNormAfter()) : null,
                stack.cross() ? cross(block) : null,
                norm(block, names.feedForwardNorm()),
                feedForward(block, layer),
                stack.normAfter() ? norm(block, names.feedForwardNormAfter()) : null);
    }

    private Cross cross(String block) throws ModelFormatException {
        int hidden = stack.hidden();
        int queries = stack.queryColumns();
        int keys = stack.keyValueColumns();
        List<String> keyValue = names.crossQueryKeyValue().subList(1, 3);
        return new Cross(
                norm(block, names.crossNorm()),
                linear(block + names.crossQueryKeyValue().getFirst(), queries, hidden, false),
                source.linear(parts(block, keyValue, keys, keys), hidden, false),
                linear(block + names.crossOutput(), hidden, queries, false));
    }

    private FeedForward feedForward(String block, StackConfiguration.Layer layer) throws ModelFormatException {
        if (layer.experts() == null) {
            return dense(block, names.gateUp(stack.gated()), names.down(), layer.intermediate());
        }
        Linear router =
                source.router(new Part(block + names.router(), layer.experts().count()), stack.hidden());
        List<Dense> experts = new ArrayList<>();
        for (int e = 0; e < layer.experts().count(); e++) {
            int expert = e;
            List<String> gateUp = names.expertGateUp().stream()
                    .map(name -> name.formatted(expert))
                    .toList();
            experts.add(dense(block, gateUp, names.expertDown().formatted(expert), layer.intermediate()));
        }
        return new FeedForward.Experts(router, experts);
    }

    private Dense dense(String block, List<String> up, String down, int intermediate) throws ModelFormatException {
        boolean biased = stack.biases().feedForward();
        return new Dense(
                source.linear(
                        stack.gated() ? parts(block, up, intermediate, intermediate) : parts(block, up, intermediate),
                        stack.hidden(),
                        biased),
                linear(block + down, stack.hidden(), intermediate, biased));
    }

    /** Layers with so many outputs each, or one with the outputs of all. */
    private static List<Part> parts(String block, List<String> names, int... outputs) {
        List<Part> parts = new ArrayList<>();
        int all = 0;
        for (int i = 0; i < outputs.length; i++) {
            all += outputs[i];
            if (names.size() > 1) {
                parts.add(new Part(block + names.get(i), outputs[i]));
            }
        }
        return names.size() > 1 ? parts : List.of(new Part(block + names.getFirst(), all));
    }

    private Linear linear(String name, int outputs, int inputs, boolean biased) throws ModelFormatException {
        return source.linear(List.of(new Part(name, outputs)), inputs, biased);
    }

    private StackWeights.Norm norm(String block, String name) throws ModelFormatException {
        return source.norm(block + name, stack.norm(), stack.hidden());
    }

    private Tensor distanceBias() throws ModelFormatException {
        StackConfiguration.DistanceBias bias = stack.distanceBias();
        if (bias == null) {
            return null;
        }
        float[] table = source.numbers(prefix + names.distanceBias(), bias.buckets(), stack.heads());
        return source.checking()
                ? null
                : source.upload(
                        DistanceBuckets.biases(table, stack.heads(), bias, stack.causal()),
                        stack.heads(),
                        2 * bias.reach() + 1);
    }
}
