package org.candor.transformer.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import org.candor.api.compute.Backend;
import org.candor.api.compute.BlockMatrix;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;
import org.candor.api.compute.WeightType;
import org.candor.transformer.internal.weights.StoredTensor;

/** Everything one model holds on a device, freed together. Filled by one thread; closing twice does nothing. */
public final class DeviceMemory implements AutoCloseable {

    private static final int ROWS_AT_A_TIME = 1024;

    private final Backend backend;
    private final Deque<AutoCloseable> held = new ArrayDeque<>();
    private long bytes;

    /** @param backend the device */
    public DeviceMemory(Backend backend) {
        this.backend = backend;
    }

    /** The device. */
    public Backend backend() {
        return backend;
    }

    /** Takes a matrix over. */
    public Weight weight(HostMatrix matrix, WeightType type) {
        Weight weight = backend.weight(matrix, type);
        held.push(weight);
        bytes += weight.bytes();
        return weight;
    }

    /** Takes a matrix of blocks over. */
    public Weight weight(BlockMatrix matrix) {
        Weight weight = backend.weight(matrix);
        held.push(weight);
        bytes += weight.bytes();
        return weight;
    }

    /** Takes a row of numbers over. */
    public Tensor vector(Ops ops, float[] values) {
        Tensor tensor = allocate(1, values.length);
        ops.upload(values, 0, tensor);
        return tensor;
    }

    /** Takes a checked (rows, columns) tensor over in binary32, a few rows at a time. */
    public Tensor table(Ops ops, StoredTensor stored, int rows, int columns) {
        Tensor table = allocate(rows, columns);
        int step = Math.min(rows, ROWS_AT_A_TIME);
        float[] values = new float[step * columns];
        for (int from = 0; from < rows; from += step) {
            int to = Math.min(rows, from + step);
            stored.copy((long) from * columns, values, (to - from) * columns);
            ops.upload(values, 0, table.rows(from, to));
        }
        return table;
    }

    /** A zeroed (rows, columns) tensor in binary32. */
    public Tensor allocate(int rows, int columns) {
        Tensor tensor = backend.allocate(ElementType.F32, rows, columns);
        held.push(tensor);
        bytes += 4L * rows * columns;
        return tensor;
    }

    /** Bytes held. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        while (!held.isEmpty()) {
            switch (held.pop()) {
                case Weight weight -> weight.close();
                case Tensor tensor -> tensor.close();
                case AutoCloseable other -> throw new IllegalStateException("holds a " + other.getClass());
            }
        }
    }
}
