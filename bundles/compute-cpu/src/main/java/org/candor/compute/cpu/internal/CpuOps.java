package org.candor.compute.cpu.internal;

import org.candor.api.compute.Activation;
import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.CacheTensor;
import org.candor.api.compute.CachedSequences;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.Sequences;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;

/**
 * Checks arguments, divides each operation into parts and runs them on the caller and the shared workers. An operation
 * has run when its call returns.
 */
final class CpuOps extends CpuQueue {

    private final BlockLinear blocks = new BlockLinear(this);
    private final CacheOps caches = new CacheOps(this);

    CpuOps(Kernels kernels, Workers workers) {
        super(kernels, workers);
    }

    @Override
    public void upload(float[] source, int offset, Tensor y) {
        CpuTensor to = tensor("y", y, ElementType.F32);
        requireRoom("source", source.length, offset, to);
        for (int row = 0; row < to.rows(); row++) {
            System.arraycopy(source, offset + row * to.columns(), to.floats(), to.at(row), to.columns());
        }
    }

    @Override
    public void upload(int[] source, int offset, Tensor y) {
        CpuTensor to = tensor("y", y, ElementType.I32);
        requireRoom("source", source.length, offset, to);
        for (int row = 0; row < to.rows(); row++) {
            System.arraycopy(source, offset + row * to.columns(), to.ints(), to.at(row), to.columns());
        }
    }

    @Override
    public void read(Tensor x, float[] target, int offset) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        requireRoom("target", target.length, offset, from);
        surface();
        for (int row = 0; row < from.rows(); row++) {
            System.arraycopy(from.floats(), from.at(row), target, offset + row * from.columns(), from.columns());
        }
    }

    @Override
    public void embedding(Tensor table, Tensor ids, boolean accumulate, Tensor y) {
        CpuTensor entries = tensor("table", table, ElementType.F32);
        CpuTensor tokens = tensor("ids", ids, ElementType.I32);
        CpuTensor to = tensor("y", y, ElementType.F32);
        requireShape("ids", tokens, 1, to.rows());
        requireShape("y", to, tokens.columns(), entries.columns());
        requireApart("y", to, "table", entries);
        int[] id = indices("embedding", "id", tokens, entries.rows());
        if (id == null) {
            return;
        }
        int first = tokens.at(0);
        rows(to.rows(), to.columns(), (from, until, part) -> {
            float[] source = entries.floats();
            float[] target = to.floats();
            for (int t = from; t < until; t++) {
                int sourceAt = entries.at(id[first + t]);
                int targetAt = to.at(t);
                if (accumulate) {
                    for (int c = 0; c < to.columns(); c++) {
                        target[targetAt + c] += source[sourceAt + c];
                    }
                } else {
                    System.arraycopy(source, sourceAt, target, targetAt, to.columns());
                }
            }
        });
    }

    @Override
    public void embedding(Weight table, Tensor ids, boolean accumulate, Tensor y) {
        CpuWeight entries = weight("embedding", table);
        CpuTensor tokens = tensor("ids", ids, ElementType.I32);
        CpuTensor to = tensor("y", y, ElementType.F32);
        requireShape("ids", tokens, 1, to.rows());
        requireShape("y", to, tokens.columns(), entries.inputs());
        int[] id = indices("embedding", "id", tokens, entries.outputs());
        if (id == null) {
            return;
        }
        int first = tokens.at(0);
        rows(to.rows(), 4 * to.columns(), (from, until, part) -> {
            float[] row = accumulate ? part.floats(Scratch.Purpose.ROW, to.columns()) : to.floats();
            for (int t = from; t < until; t++) {
                int at = accumulate ? 0 : to.at(t);
                entries.row(id[first + t], row, at);
                for (int c = 0; accumulate && c < to.columns(); c++) {
                    to.floats()[to.at(t) + c] += row[c];
                }
            }
        });
    }

    @Override
    public void linear(Tensor x, Weight w, Tensor bias, Activation activation, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor to = tensor("y", y, ElementType.F32);
        CpuWeight weight = weight("linear", w);
        requireShape("x", from, to.rows(), w.inputs());
        requireShape("y", to, from.rows(), w.outputs());
        CpuTensor b = bias == null ? null : tensor("bias", bias, ElementType.F32);
        if (b != null) {
            requireShape("bias", b, 1, w.outputs());
            requireApart("y", to, "bias", b);
        }
        requireApart("y", to, "x", from);
        if (BlockPanels.held(weight.type())) {
            blocks.linear(from, weight, b, activation, to);
            return;
        }
        LinearPlan plan =
                LinearPlan.of(from.rows(), w.inputs(), w.outputs(), kernels.panels(w.outputs()), workers.threads());
        run(
                plan.chunks(),
                (chunk, part) -> kernels.linear(
                        from,
                        weight,
                        b,
                        activation,
                        to,
                        plan.rowFrom(chunk),
                        plan.rowTo(chunk),
                        plan.panelFrom(chunk),
                        plan.panelTo(chunk),
                        part));
    }

    @Override
    public void layerNorm(Tensor x, Tensor residual, Tensor gamma, Tensor beta, float epsilon, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor added = residual == null ? null : tensor("residual", residual, ElementType.F32);
        CpuTensor g = tensor("gamma", gamma, ElementType.F32);
        CpuTensor b = tensor("beta", beta, ElementType.F32);
        CpuTensor to = sameShape("y", y, "x", from);
        if (added != null) {
            requireShape("residual", added, from.rows(), from.columns());
            requireApartOrSame("y", to, "residual", added);
        }
        requireShape("gamma", g, 1, from.columns());
        requireShape("beta", b, 1, from.columns());
        requireApartOrSame("y", to, "x", from);
        requireApart("y", to, "gamma", g);
        requireApart("y", to, "beta", b);
        rows(
                to.rows(),
                2 * to.columns(),
                (first, until, part) -> kernels.layerNorm(from, added, g, b, epsilon, to, first, until));
    }

    @Override
    public void attention(Tensor q, Tensor k, Tensor v, Sequences sequences, int heads, float scale, Tensor y) {
        CpuTensor queries = tensor("q", q, ElementType.F32);
        CpuTensor keys = sameShape("k", k, "q", queries);
        CpuTensor values = sameShape("v", v, "q", queries);
        CpuTensor to = sameShape("y", y, "q", queries);
        requireHeads(heads, queries);
        requireTokens("q", queries, sequences);
        requireApart("y", to, "q", queries);
        requireApart("y", to, "k", keys);
        requireApart("y", to, "v", values);
        int headSize = queries.columns() / heads;
        int count = sequences.count();
        long pairs = (long) sequences.tokens() * sequences.longest() * queries.columns();
        if (pairs < SMALL) {
            run(1, (chunk, part) -> {
                for (int task = 0; task < count * heads; task++) {
                    head(queries, keys, values, sequences, task, heads, headSize, scale, to, 0, 1, part);
                }
            });
            return;
        }
        int split = Math.ceilDiv(2 * workers.threads(), count * heads);
        int blocks = Math.clamp(split, 1, Math.ceilDiv(sequences.longest(), 48));
        run(
                count * heads * blocks,
                (chunk, part) -> head(
                        queries,
                        keys,
                        values,
                        sequences,
                        chunk / blocks,
                        heads,
                        headSize,
                        scale,
                        to,
                        chunk % blocks,
                        blocks,
                        part));
    }

    /** One head of one sequence; task counts heads within sequences. Of its queries, block of blocks. */
    private void head(
            CpuTensor q,
            CpuTensor k,
            CpuTensor v,
            Sequences sequences,
            int task,
            int heads,
            int headSize,
            float scale,
            CpuTensor y,
            int block,
            int blocks,
            Scratch part) {
        int sequence = task / heads;
        int length = sequences.length(sequence);
        int step = Math.ceilDiv(length, blocks);
        int from = Math.min(length, block * step);
        int to = Math.min(length, from + step);
        if (from < to) {
            kernels.attention(
                    q,
                    k,
                    v,
                    sequences.start(sequence),
                    length,
                    task % heads * headSize,
                    headSize,
                    scale,
                    y,
                    from,
                    to,
                    part);
        }
    }

    @Override
    public void attentionWeights(
            Tensor q, Tensor k, Sequences sequences, int sequence, int heads, float scale, Tensor y) {
        CpuTensor queries = tensor("q", q, ElementType.F32);
        CpuTensor keys = sameShape("k", k, "q", queries);
        CpuTensor to = tensor("y", y, ElementType.F32);
        requireHeads(heads, queries);
        requireTokens("q", queries, sequences);
        if (sequence < 0 || sequence >= sequences.count()) {
            throw new IllegalArgumentException(
                    "attentionWeights: sequence " + sequence + " of a batch of " + sequences.count());
        }
        int length = sequences.length(sequence);
        requireShape("y", to, heads * length, length);
        requireApart("y", to, "q", queries);
        requireApart("y", to, "k", keys);
        int headSize = queries.columns() / heads;
        rows(to.rows(), length * headSize, (first, until, part) -> {
            for (int row = first; row < until; row++) {
                ScalarKernels.weights(
                        queries,
                        keys,
                        sequences.start(sequence),
                        length,
                        row / length * headSize,
                        headSize,
                        scale,
                        row % length,
                        to.floats(),
                        to.at(row));
            }
        });
    }

    @Override
    public void activate(Tensor x, Activation activation, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor to = sameShape("y", y, "x", from);
        requireApartOrSame("y", to, "x", from);
        rows(to.rows(), 2 * to.columns(), (first, until, part) -> kernels.activate(from, activation, to, first, until));
    }

    @Override
    public void add(Tensor a, Tensor b, Tensor y) {
        CpuTensor left = tensor("a", a, ElementType.F32);
        CpuTensor right = sameShape("b", b, "a", left);
        CpuTensor to = sameShape("y", y, "a", left);
        requireApartOrSame("y", to, "a", left);
        requireApartOrSame("y", to, "b", right);
        rows(to.rows(), to.columns(), (first, until, part) -> kernels.add(left, right, to, first, until));
    }

    @Override
    public void softmax(Tensor x, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor to = sameShape("y", y, "x", from);
        requireApartOrSame("y", to, "x", from);
        rows(to.rows(), 2 * to.columns(), (first, until, part) -> kernels.softmax(from, to, first, until));
    }

    @Override
    public void pool(Tensor x, Sequences sequences, Pooling pooling, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor to = tensor("y", y, ElementType.F32);
        requireTokens("x", from, sequences);
        requireShape("y", to, sequences.count(), from.columns());
        requireApart("y", to, "x", from);
        int cost = pooling == Pooling.FIRST ? 1 : sequences.longest();
        rows(to.rows(), cost * to.columns(), (first, until, part) -> {
            for (int i = first; i < until; i++) {
                switch (pooling) {
                    case FIRST ->
                        System.arraycopy(
                                from.floats(), from.at(sequences.start(i)), to.floats(), to.at(i), to.columns());
                    case MEAN -> kernels.mean(from, sequences.start(i), sequences.start(i + 1), to, i);
                }
            }
        });
    }

    @Override
    public void normalize(Tensor x, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor to = sameShape("y", y, "x", from);
        requireApartOrSame("y", to, "x", from);
        rows(to.rows(), to.columns(), (first, until, part) -> kernels.normalize(from, to, first, until));
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gamma, float epsilon, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor g = tensor("gamma", gamma, ElementType.F32);
        CpuTensor to = sameShape("y", y, "x", from);
        requireShape("gamma", g, 1, g.columns());
        requireDivides("gamma's columns", g.columns(), from);
        requireApartOrSame("y", to, "x", from);
        requireApart("y", to, "gamma", g);
        rows(to.rows(), 2 * to.columns(), (first, until, part) -> kernels.decoder()
                .rmsNorm(from, g, epsilon, to, first, until));
    }

    @Override
    public void rope(Tensor x, Tensor rows, Tensor cos, Tensor sin, int headSize, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor at = tensor("rows", rows, ElementType.I32);
        CpuTensor c = tensor("cos", cos, ElementType.F32);
        CpuTensor s = sameShape("sin", sin, "cos", c);
        CpuTensor to = sameShape("y", y, "x", from);
        requireShape("rows", at, 1, from.rows());
        requireDivides("headSize", headSize, from);
        if (2 * c.columns() > headSize) {
            throw new IllegalArgumentException(
                    "cos is a " + c + ", at most " + headSize / 2 + " columns turn in heads of " + headSize);
        }
        requireApartOrSame("y", to, "x", from);
        requireApart("y", to, "cos", c);
        requireApart("y", to, "sin", s);
        int[] row = indices("rope", "table row", at, c.rows());
        if (row == null) {
            return;
        }
        int first = at.at(0);
        rows(to.rows(), 2 * to.columns(), (begin, until, part) -> kernels.decoder()
                .rope(from, row, first, c, s, headSize, to, begin, until));
    }

    @Override
    public void cachedAttention(
            Tensor q,
            CacheTensor keys,
            CacheTensor values,
            CachedSequences sequences,
            AttentionShape shape,
            Tensor bias,
            Tensor y) {
        caches.attend(q, keys, values, sequences, shape, bias, y);
    }

    @Override
    public void store(Tensor x, Tensor slots, CacheTensor cache) {
        caches.store(x, slots, cache);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        CpuTensor from = tensor("x", x, x == null ? ElementType.F32 : x.type());
        CpuTensor to = tensor("y", y, from.type());
        requireShape("y", to, from.rows(), from.columns());
        requireApart("y", to, "x", from);
        rows(to.rows(), to.columns(), (begin, until, part) -> {
            for (int row = begin; row < until; row++) {
                System.arraycopy(from.array(), from.at(row), to.array(), to.at(row), to.columns());
            }
        });
    }

    @Override
    public void addScaledRows(Tensor x, Tensor rows, Tensor scales, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor at = tensor("rows", rows, ElementType.I32);
        CpuTensor factors = tensor("scales", scales, ElementType.F32);
        CpuTensor to = tensor("y", y, ElementType.F32);
        requireShape("rows", at, 1, from.rows());
        requireShape("scales", factors, 1, from.rows());
        requireShape("y", to, to.rows(), from.columns());
        requireApart("y", to, "x", from);
        requireApart("y", to, "scales", factors);
        int[] row = indices("addScaledRows", "row", at, to.rows());
        if (row == null) {
            return;
        }
        int first = at.at(0);
        // A row may come twice, so the threads divide the columns.
        rows(to.columns(), from.rows(), (begin, until, part) -> {
            float[] sums = to.floats();
            for (int t = 0; t < from.rows(); t++) {
                float factor = factors.floats()[factors.at(0) + t];
                int source = from.at(t);
                int target = to.at(row[first + t]);
                for (int c = begin; c < until; c++) {
                    sums[target + c] += factor * from.floats()[source + c];
                }
            }
        });
    }

    @Override
    public void multiply(Tensor a, Tensor b, Tensor y) {
        CpuTensor left = tensor("a", a, ElementType.F32);
        CpuTensor right = sameShape("b", b, "a", left);
        CpuTensor to = sameShape("y", y, "a", left);
        requireApartOrSame("y", to, "a", left);
        requireApartOrSame("y", to, "b", right);
        rows(to.rows(), to.columns(), (first, until, part) -> kernels.decoder()
                .multiply(left, right, to, first, until));
    }

    @Override
    public void gate(Tensor gate, Tensor up, Activation activation, Tensor y) {
        CpuTensor left = tensor("gate", gate, ElementType.F32);
        CpuTensor right = sameShape("up", up, "gate", left);
        CpuTensor to = sameShape("y", y, "gate", left);
        requireApartOrSame("y", to, "gate", left);
        requireApart("y", to, "up", right);
        rows(to.rows(), 3 * to.columns(), (first, until, part) -> {
            kernels.activate(left, activation, to, first, until);
            kernels.decoder().multiply(to, right, to, first, until);
        });
    }

    @Override
    public void scale(Tensor x, float factor, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor to = sameShape("y", y, "x", from);
        requireApartOrSame("y", to, "x", from);
        rows(to.rows(), to.columns(), (first, until, part) -> kernels.decoder().scale(from, factor, to, first, until));
    }

    @Override
    public void softCap(Tensor x, float cap, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor to = sameShape("y", y, "x", from);
        requireApartOrSame("y", to, "x", from);
        if (!(cap > 0) || !Float.isFinite(cap)) {
            throw new IllegalArgumentException("cap " + cap + ": a positive number is needed");
        }
        rows(to.rows(), 3 * to.columns(), (first, until, part) -> {
            kernels.decoder().scale(from, 1 / cap, to, first, until);
            kernels.activate(to, Activation.TANH, to, first, until);
            kernels.decoder().scale(to, cap, to, first, until);
        });
    }
}
