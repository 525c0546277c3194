package org.candor.transformer.internal.bert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.candor.api.compute.Backend;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.junit.jupiter.api.Test;

/** What a model took of a device before its loading failed is given back, whatever it failed with. */
class MemoryTest {

    /** Counts the weights that are held and has no memory for more than a few. */
    private static final class SmallDevice implements Backend {
        private final Backend device;
        private final int most;
        private int taken;
        private int held;

        SmallDevice(Backend device, int most) {
            this.device = device;
            this.most = most;
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

    @Test
    void weightsAreGivenBackWhenMemoryRunsOut() {
        Path bert = Reference.resource("bert");
        try (CpuBackend cpu = Reference.cpu()) {
            SmallDevice device = new SmallDevice(cpu, 3);
            BertFamily family = new BertFamily(device, 64, 1);
            OutOfMemoryError e = assertThrows(
                    OutOfMemoryError.class,
                    () -> family.load(
                            Reference.files(Map.of(
                                    "config.json",
                                    bert.resolve("config.json"),
                                    "model.safetensors",
                                    bert.resolve("model.safetensors"))),
                            WeightType.F32,
                            BertLoader.Head.NONE));
            assertEquals("the device is full", e.getMessage());
            assertEquals(3, device.taken);
            assertEquals(0, device.held);
        }
    }
}
