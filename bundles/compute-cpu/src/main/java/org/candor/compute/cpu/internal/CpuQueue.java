package org.candor.compute.cpu.internal;

import org.candor.api.compute.BackendException;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Sequences;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;

/** What every operation needs: checks of its arguments, a division into parts, threads that run them, and failures. */
abstract class CpuQueue implements Ops {

    /** Elements that one thread passes through in about the time it takes to hand work to another. */
    static final int SMALL = 8 * 1024;

    final Kernels kernels;
    final Workers workers;
    private final Scratch scratch = new Scratch();
    private long busyNanos;
    private BackendException failure;
    private boolean closed;

    CpuQueue(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
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

    interface Rows {
        void run(int from, int to, Scratch scratch);
    }

    /** Divides rows among the threads when there is enough to do: {@code cost} elements are touched in each. */
    final void rows(int count, int cost, Rows body) {
        long total = (long) count * cost;
        int chunks = total < SMALL ? 1 : (int) Math.min(Math.min(count, 4L * workers.threads()), total / (SMALL / 2));
        run(
                chunks,
                (chunk, part) -> body.run(
                        (int) ((long) count * chunk / chunks), (int) ((long) count * (chunk + 1) / chunks), part));
    }

    /** After a failure nothing runs until it has surfaced: later operations would compute on what it left undone. */
    final void run(int chunks, Workers.Task task) {
        if (failure == null) {
            busyNanos += workers.run(chunks, task, scratch);
        }
    }

    final void fail(String message) {
        if (failure == null) {
            failure = new BackendException(message);
        }
    }

    final void surface() {
        if (failure != null) {
            BackendException surfaced = failure;
            failure = null;
            throw surfaced;
        }
    }

    final void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this queue of operations is closed");
        }
    }

    final CpuTensor tensor(String name, Tensor tensor, ElementType type) {
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

    final CpuWeight weight(String operation, Weight w) {
        requireOpen();
        if (!(w instanceof CpuWeight weight) || weight.kernels() != kernels) {
            throw new IllegalArgumentException(operation + ": the weight was made by another backend");
        }
        if (weight.closed()) {
            throw new IllegalStateException(operation + ": " + w + " is closed");
        }
        return weight;
    }

    final CpuTensor sameShape(String name, Tensor tensor, String otherName, CpuTensor other) {
        CpuTensor cpu = tensor(name, tensor, ElementType.F32);
        if (cpu.rows() != other.rows() || cpu.columns() != other.columns()) {
            throw new IllegalArgumentException(name + " is a " + cpu + ", but " + otherName + " is a " + other);
        }
        return cpu;
    }

    static void requireShape(String name, CpuTensor tensor, int rows, int columns) {
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new IllegalArgumentException(
                    name + " is a " + tensor + ", shape (" + rows + ", " + columns + ") is needed");
        }
    }

    static void requireRoom(String name, int length, int offset, CpuTensor tensor) {
        long elements = (long) tensor.rows() * tensor.columns();
        if (offset < 0 || offset + elements > length) {
            throw new IllegalArgumentException(name + " has " + length + " elements, but " + tensor + " at offset "
                    + offset + " needs " + (offset + elements));
        }
    }

    static void requireHeads(int heads, CpuTensor q) {
        if (heads <= 0 || q.columns() % heads != 0) {
            throw new IllegalArgumentException(heads + " heads do not divide the " + q.columns() + " columns of q");
        }
    }

    static void requireDivides(String name, int size, CpuTensor x) {
        if (size <= 0 || x.columns() % size != 0) {
            throw new IllegalArgumentException(
                    name + " " + size + " does not divide the " + x.columns() + " columns of x");
        }
    }

    static void requireTokens(String name, CpuTensor tensor, Sequences sequences) {
        if (tensor.rows() != sequences.tokens()) {
            throw new IllegalArgumentException(
                    name + " is a " + tensor + ", but the sequences have " + sequences.tokens() + " tokens");
        }
    }

    static void requireApart(String name, CpuTensor output, String otherName, CpuTensor input) {
        if (output.overlaps(input)) {
            throw new IllegalArgumentException(name + " must not share memory with " + otherName);
        }
    }

    static void requireApartOrSame(String name, CpuTensor output, String otherName, CpuTensor input) {
        if (!output.sameElements(input) && output.overlaps(input)) {
            throw new IllegalArgumentException(name + " partly overlaps " + otherName);
        }
    }

    /** The first elements of a row of indices, checked against a number of rows; null after a failure was noted. */
    final int[] indices(String operation, String what, CpuTensor indices, int limit) {
        int[] values = indices.ints();
        int first = indices.at(0);
        for (int t = 0; t < indices.columns(); t++) {
            int value = values[first + t];
            if (value < 0 || value >= limit) {
                fail(operation + " on cpu: token " + t + " has " + what + " " + value + ", there are " + limit);
                return null;
            }
        }
        return values;
    }
}
