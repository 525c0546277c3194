package org.candor.transformer.internal.bert;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.compute.Activation;
import org.candor.api.compute.Backend;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.Sequences;
import org.candor.api.compute.Tensor;
import org.candor.transformer.internal.DeviceMemory;
import org.candor.transformer.internal.TokenSequence;
import org.candor.transformer.internal.bert.BertWeights.Layer;
import org.candor.transformer.internal.bert.BertWeights.Linear;
import org.candor.transformer.internal.bert.BertWeights.Norm;

/**
 * The encoder of the BERT family (Devlin et al. 2018; Liu et al. 2019; Sanh et al. 2019): embeddings, then blocks of
 * attention and feed-forward network, each followed by a residual and a layer norm. Thread safe; each pass takes a
 * workspace of its own.
 */
final class BertModel implements AutoCloseable {

    /** Sees what is inside a pass. Tensors are valid during the call only. */
    interface Observer {
        /** Nothing to see. */
        Observer NONE = new Observer() {};

        /** The input of the first block (i = 0) or the output of block i - 1, (tokens, hidden). */
        default void hiddenStates(Ops ops, int i, Tensor x) {}

        /** Queries and keys of block i, (tokens, hidden) each, with their scale. */
        default void attention(Ops ops, int i, Tensor q, Tensor k, float scale) {}
    }

    /** What is done with the hidden states while the workspace is held. */
    interface Pass<R> {
        R run(Ops ops, Workspace space);
    }

    private final BertConfiguration configuration;
    private final BertWeights weights;
    private final DeviceMemory memory;
    private final Workspaces workspaces;
    private final int passTokens;

    BertModel(
            BertConfiguration configuration,
            BertWeights weights,
            DeviceMemory memory,
            int passTokens,
            int concurrentPasses) {
        this.configuration = configuration;
        this.weights = weights;
        this.memory = memory;
        this.workspaces = new Workspaces(memory.backend(), configuration, concurrentPasses);
        this.passTokens = passTokens;
    }

    BertConfiguration configuration() {
        return configuration;
    }

    Backend backend() {
        return memory.backend();
    }

    /** Holds a workspace for a batch and runs a pass in it; waits while too many passes run. */
    <R> R with(BertBatch batch, Pass<R> pass) {
        Workspace space = workspaces.take(batch.tokens());
        boolean done = false;
        try {
            R result = pass.run(space.ops(), space);
            done = true;
            return result;
        } finally {
            workspaces.giveBack(space, done);
        }
    }

    /** Hidden states of every token, (tokens, hidden), in a tensor of the workspace. */
    Tensor forward(Workspace space, BertBatch batch, Observer observer) {
        Ops ops = space.ops();
        Workspace.Views rows = space.rows(batch.tokens());
        Tensor x = embed(ops, batch, rows);
        observer.hiddenStates(ops, 0, x);
        for (int i = 0; i < weights.layers().size(); i++) {
            Layer layer = weights.layers().get(i);
            attend(ops, i, layer, rows, batch.sequences(), observer);
            feedForward(ops, layer, rows.attended(), x, rows.inner(), rows.scratch());
            observer.hiddenStates(ops, i + 1, x);
        }
        return x;
    }

    /**
     * Hidden states of each sequence's first token, (sequences, hidden), in a tensor of the workspace: equal to those
     * rows of {@link #forward}. In the last block only the first tokens go through what follows the attention.
     */
    Tensor forwardFirst(Workspace space, BertBatch batch) {
        Ops ops = space.ops();
        Workspace.Views rows = space.rows(batch.tokens());
        Tensor x = embed(ops, batch, rows);
        int last = weights.layers().size() - 1;
        for (int i = 0; i < last; i++) {
            Layer layer = weights.layers().get(i);
            attend(ops, i, layer, rows, batch.sequences(), Observer.NONE);
            feedForward(ops, layer, rows.attended(), x, rows.inner(), rows.scratch());
        }
        Layer layer = weights.layers().get(last);
        attend(ops, last, layer, rows, batch.sequences(), Observer.NONE);
        int count = batch.sequences().count();
        Tensor attended = rows.scratch().rows(0, count);
        ops.pool(rows.attended(), batch.sequences(), Pooling.FIRST, attended);
        Tensor first = rows.attended().rows(0, count);
        ops.pool(x, batch.sequences(), Pooling.FIRST, first);
        feedForward(ops, layer, attended, first, rows.inner().rows(0, count), x.rows(0, count));
        return first;
    }

    /** x = norm(words + types + positions). */
    private Tensor embed(Ops ops, BertBatch batch, Workspace.Views rows) {
        Tensor x = rows.hidden();
        ops.upload(batch.ids(), 0, rows.ids());
        ops.upload(batch.types(), 0, rows.types());
        ops.upload(batch.positions(), 0, rows.positions());
        ops.embedding(weights.words(), rows.ids(), false, x);
        if (weights.types() != null) {
            ops.embedding(weights.types(), rows.types(), true, x);
        }
        ops.embedding(weights.positions(), rows.positions(), true, x);
        norm(ops, x, null, weights.norm(), x);
        return x;
    }

    /** attended = attention(q, k, v) with q, k, v linear in x. */
    private void attend(Ops ops, int i, Layer layer, Workspace.Views rows, Sequences sequences, Observer observer) {
        int hidden = configuration.hidden();
        float scale = (float) (1 / Math.sqrt(configuration.headSize()));
        linear(ops, rows.hidden(), layer.queryKeyValue(), Activation.IDENTITY, rows.queryKeyValue());
        Tensor q = rows.queryKeyValue().columns(0, hidden);
        Tensor k = rows.queryKeyValue().columns(hidden, 2 * hidden);
        Tensor v = rows.queryKeyValue().columns(2 * hidden, 3 * hidden);
        observer.attention(ops, i, q, k, scale);
        ops.attention(q, k, v, sequences, configuration.heads(), scale, rows.attended());
    }

    /** x = norm(x + output(attended)), then x = norm(x + feed-forward(x)). */
    private void feedForward(Ops ops, Layer layer, Tensor attended, Tensor x, Tensor inner, Tensor scratch) {
        linear(ops, attended, layer.attentionOutput(), Activation.IDENTITY, scratch);
        norm(ops, scratch, x, layer.attentionNorm(), x);
        linear(ops, x, layer.intermediate(), configuration.activation(), inner);
        linear(ops, inner, layer.output(), Activation.IDENTITY, scratch);
        norm(ops, scratch, x, layer.outputNorm(), x);
    }

    /** y = activation(linear(x)). */
    static void linear(Ops ops, Tensor x, Linear linear, Activation activation, Tensor y) {
        ops.linear(x, linear.weight(), linear.bias(), activation, y);
    }

    private void norm(Ops ops, Tensor x, Tensor residual, Norm norm, Tensor y) {
        ops.layerNorm(x, residual, norm.gamma(), norm.beta(), configuration.epsilon(), y);
    }

    /**
     * Splits inputs, in order, into batches of at most the tokens of a pass, or of one longer sequence.
     *
     * @throws IllegalArgumentException when there is none, or one is empty, too long or outside the tables
     */
    List<BertBatch> batches(List<TokenSequence> inputs) {
        List<BertBatch> batches = new ArrayList<>();
        List<BertBatch.Sequence> batch = new ArrayList<>();
        int tokens = 0;
        for (TokenSequence input : inputs) {
            BertBatch.Sequence sequence = BertBatch.Sequence.of(configuration, input);
            if (!batch.isEmpty() && tokens + sequence.length() > passTokens) {
                batches.add(BertBatch.of(batch));
                batch.clear();
                tokens = 0;
            }
            batch.add(sequence);
            tokens += sequence.length();
        }
        batches.add(BertBatch.of(batch));
        return batches;
    }

    /** Bytes on the device, buffers included. */
    long bytes() {
        return memory.bytes() + workspaces.bytes();
    }

    /** Waits for running passes, then frees everything; later passes fail with {@link IllegalStateException}. */
    @Override
    public void close() {
        workspaces.close();
        memory.close();
    }
}
