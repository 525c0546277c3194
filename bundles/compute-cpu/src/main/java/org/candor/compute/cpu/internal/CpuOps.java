package org.candor.compute.cpu.internal;

import org.candor.api.compute.Activation;
import org.candor.api.compute.BackendException;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.Sequences;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;

/**
 * Checks arguments, divides each operation into parts and runs them on the caller and the shared workers. An operation
 * has run when its call returns.
 */
final class CpuOps implements Ops {

    /** Elements that one thread passes through in about the time it takes to hand work to another. */
    private static final int SMALL = 8 * 1024;

    private final Kernels kernels;
    private final Workers workers;
    private final Scratch scratch = new Scratch();
    private long busyNanos;
    private BackendException failure;
    private boolean closed;

    CpuOps(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
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
        int[] id = tokens.ints();
        int first = tokens.at(0);
        for (int t = 0; t < to.rows(); t++) {
            if (id[first + t] < 0 || id[first + t] >= entries.rows()) {
                fail("embedding on cpu: token " + t + " has id " + id[first + t] + ", the table has " + entries.rows()
                        + " entries");
                return;
            }
        }
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
    public void linear(Tensor x, Weight w, Tensor bias, Activation activation, Tensor y) {
        CpuTensor from = tensor("x", x, ElementType.F32);
        CpuTensor to = tensor("y", y, ElementType.F32);
        if (!(w instanceof CpuWeight weight) || weight.kernels() != kernels) {
            throw new IllegalArgumentException("linear: the weight was made by another backend");
        }
        if (weight.closed()) {
            throw new IllegalStateException("linear: " + w + " is closed");
        }
        requireShape("x", from, to.rows(), w.inputs());
        requireShape("y", to, from.rows(), w.outputs());
        CpuTensor b = bias == null ? null : tensor("bias", bias, ElementType.F32);
        if (b != null) {
            requireShape("bias", b, 1, w.outputs());
            requireApart("y", to, "bias", b);
        }
        requireApart("y", to, "x", from);
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
    public void finish() {
        requireOpen();
        surface();
    }

    @Override
    public long busyNanos() {
        return busyNanos;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            surface();
        }
    }

    private interface Rows {
        void run(int from, int to, Scratch scratch);
    }

    /** Divides rows among the threads when there is enough to do: {@code cost} elements are touched in each. */
    private void rows(int count, int cost, Rows body) {
        long total = (long) count * cost;
        int chunks = total < SMALL ? 1 : (int) Math.min(Math.min(count, 4L * workers.threads()), total / (SMALL / 2));
        run(
                chunks,
                (chunk, part) -> body.run(
                        (int) ((long) count * chunk / chunks), (int) ((long) count * (chunk + 1) / chunks), part));
    }

    /** After a failure nothing runs until it has surfaced: later operations would compute on what it left undone. */
    private void run(int chunks, Workers.Task task) {
        if (failure == null) {
            busyNanos += workers.run(chunks, task, scratch);
        }
    }

    private void fail(String message) {
        if (failure == null) {
            failure = new BackendException(message);
        }
    }

    private void surface() {
        if (failure != null) {
            BackendException surfaced = failure;
            failure = null;
            throw surfaced;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this queue of operations is closed");
        }
    }

    private CpuTensor tensor(String name, Tensor tensor, ElementType type) {
        requireOpen();
        if (!(tensor instanceof CpuTensor cpu)) {
            throw new IllegalArgumentException(
                    name + (tensor == null ? " is null" : " is a tensor of another backend"));
        }
        if (cpu.type() != type) {
            throw new IllegalArgumentException(name + " is a " + cpu + ", " + type + " is needed");
        }
        cpu.requireOpen();
        return cpu;
    }

    private CpuTensor sameShape(String name, Tensor tensor, String otherName, CpuTensor other) {
        CpuTensor cpu = tensor(name, tensor, ElementType.F32);
        if (cpu.rows() != other.rows() || cpu.columns() != other.columns()) {
            throw new IllegalArgumentException(name + " is a " + cpu + ", but " + otherName + " is a " + other);
        }
        return cpu;
    }

    private static void requireShape(String name, CpuTensor tensor, int rows, int columns) {
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new IllegalArgumentException(
                    name + " is a " + tensor + ", shape (" + rows + ", " + columns + ") is needed");
        }
    }

    private static void requireRoom(String name, int length, int offset, CpuTensor tensor) {
        long elements = (long) tensor.rows() * tensor.columns();
        if (offset < 0 || offset + elements > length) {
            throw new IllegalArgumentException(name + " has " + length + " elements, but " + tensor + " at offset "
                    + offset + " needs " + (offset + elements));
        }
    }

    private static void requireHeads(int heads, CpuTensor q) {
        if (heads <= 0 || q.columns() % heads != 0) {
            throw new IllegalArgumentException(heads + " heads do not divide the " + q.columns() + " columns of q");
        }
    }

    private static void requireTokens(String name, CpuTensor tensor, Sequences sequences) {
        if (tensor.rows() != sequences.tokens()) {
            throw new IllegalArgumentException(
                    name + " is a " + tensor + ", but the sequences have " + sequences.tokens() + " tokens");
        }
    }

    private static void requireApart(String name, CpuTensor output, String otherName, CpuTensor input) {
        if (output.overlaps(input)) {
            throw new IllegalArgumentException(name + " must not share memory with " + otherName);
        }
    }

    private static void requireApartOrSame(String name, CpuTensor output, String otherName, CpuTensor input) {
        if (!output.sameElements(input) && output.overlaps(input)) {
            throw new IllegalArgumentException(name + " partly overlaps " + otherName);
        }
    }
}
