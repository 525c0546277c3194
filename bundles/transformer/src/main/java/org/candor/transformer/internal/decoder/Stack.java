package org.candor.transformer.internal.decoder;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.compute.Activation;
import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.CacheTensor;
import org.candor.api.compute.CachedSequences;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.transformer.internal.decoder.StackWeights.Cross;
import org.candor.transformer.internal.decoder.StackWeights.FeedForward.Dense;
import org.candor.transformer.internal.decoder.StackWeights.FeedForward.Experts;
import org.candor.transformer.internal.decoder.StackWeights.Layer;
import org.candor.transformer.internal.decoder.StackWeights.Linear;
import org.candor.transformer.internal.decoder.StackWeights.Norm;

/**
 * Blocks of attention and feed-forward network with norms before them, and after them where the configuration says so. The
 * one forward pass of every decoder and of the encoders beside them.
 */
final class Stack {

    /** Sees what is inside a pass. Tensors are valid during the call only. */
    interface Observer {
        /** Nothing to see. */
        Observer NONE = new Observer() {};

        /** The input of the first block (i = 0) or the output of block i - 1, (tokens, hidden). */
        default void hiddenStates(Ops ops, int i, Tensor x) {}

        /** Scores of the experts before softmax, (tokens, experts), of block i. */
        default void routerScores(Ops ops, int i, Tensor scores) {}

        /** The last output behind the stack's norm, (tokens, hidden). */
        default void normed(Ops ops, Tensor x) {}
    }

    /**
     * What the tokens of a pass attend to.
     *
     * @param self the tokens' own sequences
     * @param cache where their keys and values are kept, or null where they are in the pass only
     * @param cross sequences of an encoder's outputs, or null
     * @param encoded where the keys and values of these are kept, or null
     * @param rotations one for each rotary embedding
     * @param adapters of the rows
     */
    record Context(
            CachedSequences self,
            KeyValueCache cache,
            CachedSequences cross,
            KeyValueCache encoded,
            List<Rotation> rotations,
            LoraPass adapters) {}

    private final StackConfiguration configuration;
    private final StackWeights weights;
    private final List<AttentionShape> shapes = new ArrayList<>();
    private final AttentionShape crossShape;

    Stack(StackConfiguration configuration, StackWeights weights) {
        this.configuration = configuration;
        this.weights = weights;
        for (StackConfiguration.Layer layer : configuration.layers()) {
            shapes.add(shape(layer.scale(), configuration.causal(), layer.window(), configuration.scoreCap()));
        }
        crossShape = shape(configuration.layers().getFirst().scale(), false, 0, 0);
    }

    private AttentionShape shape(float scale, boolean causal, int window, float cap) {
        return new AttentionShape(
                configuration.heads(),
                configuration.keyValueHeads(),
                configuration.headSize(),
                scale,
                causal,
                window,
                cap);
    }

    StackConfiguration configuration() {
        return configuration;
    }

    /** Sends {@code rows.hidden()} through all blocks; the norm behind them is left to the caller. */
    void forward(Ops ops, DecoderWorkspace.Views rows, Context context, Observer observer) {
        observer.hiddenStates(ops, 0, rows.hidden());
        for (int i = 0; i < weights.layers().size(); i++) {
            Layer layer = weights.layers().get(i);
            attend(ops, i, layer, rows, context);
            if (layer.cross() != null) {
                attendToEncoder(ops, i, layer.cross(), rows, context);
            }
            feedForward(ops, i, layer, rows, context.adapters(), observer);
            observer.hiddenStates(ops, i + 1, rows.hidden());
        }
    }

    /** y = norm(x) with the norm behind the last block. */
    void finalNorm(Ops ops, Tensor x, Tensor y) {
        norm(ops, x, weights.norm(), y);
    }

    /** x += attention(norm(x)) */
    private void attend(Ops ops, int i, Layer layer, DecoderWorkspace.Views rows, Context context) {
        int queries = configuration.queryColumns();
        int keys = queries + configuration.keyValueColumns();
        int values = keys + configuration.keyValueColumns();
        int headSize = configuration.headSize();
        Tensor joint = rows.queryKeyValue().columns(0, values);
        Tensor q = joint.columns(0, queries);
        Tensor k = joint.columns(queries, keys);
        Tensor v = joint.columns(keys, values);
        norm(ops, rows.hidden(), layer.inputNorm(), rows.normed());
        LoraPass adapters = context.adapters();
        adapters.linear(
                ops, i, LinearSite.QUERY_KEY_VALUE, rows.normed(), layer.queryKeyValue(), Activation.IDENTITY, joint);
        if (layer.queryNorm() != null) {
            norm(ops, q, layer.queryNorm(), q);
            norm(ops, k, layer.keyNorm(), k);
        }
        int rope = configuration.layers().get(i).rope();
        if (rope >= 0) {
            context.rotations().get(rope).turn(ops, joint.columns(0, keys), headSize);
        }
        CacheTensor allKeys = CacheTensor.of(k);
        CacheTensor allValues = CacheTensor.of(v);
        if (context.cache() != null) {
            allKeys = context.cache().keys(i);
            allValues = context.cache().values(i);
            ops.store(k, rows.slots(), allKeys);
            ops.store(v, rows.slots(), allValues);
        }
        Tensor attended = rows.attended().columns(0, queries);
        ops.cachedAttention(q, allKeys, allValues, context.self(), shapes.get(i), weights.distanceBias(), attended);
        adapters.linear(
                ops,
                i,
                LinearSite.ATTENTION_OUTPUT,
                attended,
                layer.attentionOutput(),
                Activation.IDENTITY,
                rows.result());
        if (layer.attentionNormAfter() != null) {
            norm(ops, rows.result(), layer.attentionNormAfter(), rows.result());
        }
        ops.add(rows.hidden(), rows.result(), rows.hidden());
    }

    /** x += attention(norm(x), encoder) */
    private void attendToEncoder(Ops ops, int i, Cross cross, DecoderWorkspace.Views rows, Context context) {
        int queries = configuration.queryColumns();
        Tensor q = rows.queryKeyValue().columns(0, queries);
        Tensor attended = rows.attended().columns(0, queries);
        norm(ops, rows.hidden(), cross.norm(), rows.normed());
        linear(ops, rows.normed(), cross.query(), Activation.IDENTITY, q);
        KeyValueCache encoded = context.encoded();
        ops.cachedAttention(q, encoded.keys(i), encoded.values(i), context.cross(), crossShape, null, attended);
        linear(ops, attended, cross.output(), Activation.IDENTITY, rows.result());
        ops.add(rows.hidden(), rows.result(), rows.hidden());
    }

    /** Keys and values that every block's attention to an encoder reads, from the encoder's output in {@code normed}. */
    void storeEncoded(Ops ops, DecoderWorkspace.Views rows, KeyValueCache encoded) {
        int keys = configuration.keyValueColumns();
        Tensor joint = rows.queryKeyValue().columns(0, 2 * keys);
        for (int i = 0; i < weights.layers().size(); i++) {
            linear(ops, rows.normed(), weights.layers().get(i).cross().keyValue(), Activation.IDENTITY, joint);
            ops.store(joint.columns(0, keys), rows.slots(), encoded.keys(i));
            ops.store(joint.columns(keys, 2 * keys), rows.slots(), encoded.values(i));
        }
    }

    /** x += feedForward(norm(x)) */
    private void feedForward(
            Ops ops, int i, Layer layer, DecoderWorkspace.Views rows, LoraPass adapters, Observer observer) {
        norm(ops, rows.hidden(), layer.feedForwardNorm(), rows.normed());
        int width = configuration.layers().get(i).intermediate();
        switch (layer.feedForward()) {
            case Dense dense -> {
                dense(ops, i, adapters, dense, rows.normed(), width, rows.up(), rows.result());
                if (layer.feedForwardNormAfter() != null) {
                    norm(ops, rows.result(), layer.feedForwardNormAfter(), rows.result());
                }
                ops.add(rows.hidden(), rows.result(), rows.hidden());
            }
            case Experts experts -> mix(ops, i, experts, width, rows, observer);
        }
    }

    private void dense(Ops ops, int i, LoraPass adapters, Dense dense, Tensor x, int width, Tensor up, Tensor y) {
        Tensor inner = up.columns(0, width);
        if (configuration.gated()) {
            adapters.linear(
                    ops, i, LinearSite.FEED_FORWARD_UP, x, dense.up(), Activation.IDENTITY, up.columns(0, 2 * width));
            ops.gate(inner, up.columns(width, 2 * width), configuration.activation(), inner);
        } else {
            adapters.linear(ops, i, LinearSite.FEED_FORWARD_UP, x, dense.up(), configuration.activation(), inner);
        }
        adapters.linear(ops, i, LinearSite.FEED_FORWARD_DOWN, inner, dense.down(), Activation.IDENTITY, y);
    }

    /** Adds what each expert computes for its tokens, in the order of the experts. */
    private void mix(Ops ops, int i, Experts experts, int width, DecoderWorkspace.Views rows, Observer observer) {
        StackConfiguration.Experts shape = configuration.layers().get(i).experts();
        Tensor scores = rows.scores().columns(0, shape.count());
        linear(ops, rows.normed(), experts.router(), Activation.IDENTITY, scores);
        observer.routerScores(ops, i, scores);
        ops.softmax(scores, scores);
        float[] probabilities = new float[rows.tokens() * shape.count()];
        ops.read(scores, probabilities, 0);
        ExpertChoice choice = ExpertChoice.of(probabilities, rows.tokens(), shape);
        for (int e = 0; e < shape.count(); e++) {
            int count = choice.rows()[e].length;
            if (count == 0) {
                continue;
            }
            Tensor chosen = rows.gatheredRows().columns(0, count);
            Tensor weight = rows.gatheredScales().columns(0, count);
            Tensor gathered = rows.gathered().rows(0, count);
            Tensor result = rows.result().rows(0, count);
            ops.upload(choice.rows()[e], 0, chosen);
            ops.upload(choice.weights()[e], 0, weight);
            ops.embedding(rows.normed(), chosen, false, gathered);
            dense(
                    ops,
                    i,
                    LoraPass.NONE,
                    experts.experts().get(e),
                    gathered,
                    width,
                    rows.up().rows(0, count),
                    result);
            ops.addScaledRows(result, chosen, weight, rows.hidden());
        }
    }

    /** Of a whole row or, where the factor is shorter, of each head. */
    private void norm(Ops ops, Tensor x, Norm norm, Tensor y) {
        float epsilon = configuration.norm().epsilon();
        if (configuration.norm().centred()) {
            ops.layerNorm(x, null, norm.gamma(), norm.beta(), epsilon, y);
        } else {
            ops.rmsNorm(x, norm.gamma(), epsilon, y);
        }
    }

    private static void linear(Ops ops, Tensor x, Linear linear, Activation activation, Tensor y) {
        ops.linear(x, linear.weight(), linear.bias(), activation, y);
    }
}
