package org.candor.transformer.internal;

import org.candor.api.compute.Backend;
import org.candor.api.compute.BlockMatrix;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;
import org.candor.api.compute.WeightType;

/** Counts the weights that are held and has no memory for more than a few. */
public final class SmallDevice implements Backend {
    private final Backend device;
    private final int most;
    private int taken;
    private int held;

    /** @param most weights that there is memory for */
    public SmallDevice(Backend device, int most) {
        this.device = device;
        this.most = most;
    }

    /** Weights that were made. */
    public int taken() {
        return taken;
    }

    /** Weights that were not given back. */
    public int held() {
        return held;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public String description() {
        return device.description();
    }

    @Override
    public Tensor allocate(ElementType type, int rows, int columns) {
        return device.allocate(type, rows, columns);
    }

    @Override
    public Weight weight(HostMatrix matrix, WeightType type) {
        if (taken == most) {
            throw new OutOfMemoryError("the device is full");
        }
        taken++;
        held++;
        return new Held(device.weight(matrix, type));
    }

    @Override
    public Weight weight(BlockMatrix matrix) {
        if (taken == most) {
            throw new OutOfMemoryError("the device is full");
        }
        taken++;
        held++;
        return new Held(device.weight(matrix));
    }

    @Override
    public Ops ops() {
        return device.ops();
    }

    private final class Held implements Weight {
        private final Weight weight;

        Held(Weight weight) {
            this.weight = weight;
        }

        @Override
        public WeightType type() {
            return weight.type();
        }

        @Override
        public int outputs() {
            return weight.outputs();
        }

        @Override
        public int inputs() {
            return weight.inputs();
        }

        @Override
        public long bytes() {
            return weight.bytes();
        }

        @Override
        public void close() {
            held--;
            weight.close();
        }
    }
}
