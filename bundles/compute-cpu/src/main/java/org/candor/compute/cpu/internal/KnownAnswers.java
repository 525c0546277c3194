package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.candor.api.compute.Activation;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.WeightType;

/** Compares each kernel of a tier with the scalar reference on this machine, in a few milliseconds at start. */
final class KnownAnswers {

    private static final int ROWS = 13;
    private static final int COLUMNS = 91;
    private static final int OUTPUTS = 149;
    private static final int HEADS = 7;
    private static final double TOLERANCE = 2e-5;

    private final Kernels reference = new ScalarKernels();
    private final Kernels tier;
    private final Random random = new Random(1);
    private final Scratch scratch = new Scratch();

    private KnownAnswers(Kernels tier) {
        this.tier = tier;
    }

    /** @throws ArithmeticException when a kernel of the tier disagrees with the reference, naming it */
    static void check(Kernels tier) {
        new KnownAnswers(tier).check();
    }

    private void check() {
        CpuTensor x = matrix(ROWS, COLUMNS);
        CpuTensor other = matrix(ROWS, COLUMNS);
        CpuTensor third = matrix(ROWS, COLUMNS);
        CpuTensor row = matrix(1, COLUMNS);
        CpuTensor bias = matrix(1, OUTPUTS);
        HostMatrix stored = stored(OUTPUTS, COLUMNS);
        for (WeightType type : WeightType.values()) {
            compare("linear " + type, OUTPUTS, (kernels, y) -> {
                try (CpuWeight w = kernels.weight(stored, type)) {
                    int panels = kernels.panels(OUTPUTS);
                    kernels.linear(x, w, bias, Activation.IDENTITY, y, 0, ROWS, 0, panels, scratch);
                }
            });
        }
        for (Activation activation : Activation.values()) {
            compare("activation " + activation, COLUMNS, (kernels, y) -> kernels.activate(x, activation, y, 0, ROWS));
        }
        int headSize = COLUMNS / HEADS;
        compare("attention", COLUMNS, (kernels, y) -> {
            for (int head = 0; head < HEADS; head++) {
                kernels.attention(x, other, third, 0, ROWS, head * headSize, headSize, 0.3f, y, 0, ROWS, scratch);
            }
        });
        compare("layerNorm", COLUMNS, (kernels, y) -> kernels.layerNorm(x, other, row, row, 1e-6f, y, 0, ROWS));
        compare("add", COLUMNS, (kernels, y) -> kernels.add(x, other, y, 0, ROWS));
        compare("softmax", COLUMNS, (kernels, y) -> kernels.softmax(x, y, 0, ROWS));
        compare("normalize", COLUMNS, (kernels, y) -> kernels.normalize(x, y, 0, ROWS));
        compare("mean", COLUMNS, (kernels, y) -> kernels.mean(x, 1, ROWS, y, 0));
    }

    private interface Call {
        void run(Kernels kernels, CpuTensor y);
    }

    private void compare(String what, int columns, Call call) {
        CpuTensor expected = CpuTensor.of(new float[ROWS * columns], ElementType.F32, ROWS, columns);
        CpuTensor actual = CpuTensor.of(new float[ROWS * columns], ElementType.F32, ROWS, columns);
        call.run(reference, expected);
        call.run(tier, actual);
        for (int i = 0; i < ROWS * columns; i++) {
            double difference = Math.abs(expected.floats()[i] - actual.floats()[i]);
            if (!(difference <= TOLERANCE * (1 + Math.abs(expected.floats()[i])))) {
                throw new ArithmeticException(tier.tier() + ": " + what + " gives " + actual.floats()[i]
                        + " instead of " + expected.floats()[i] + " at element " + i);
            }
        }
    }

    private CpuTensor matrix(int rows, int columns) {
        float[] elements = new float[rows * columns];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (float) random.nextGaussian();
        }
        return CpuTensor.of(elements, ElementType.F32, rows, columns);
    }

    private HostMatrix stored(int rows, int columns) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows * columns; i++) {
            bytes.putFloat((float) random.nextGaussian());
        }
        return new HostMatrix(MemorySegment.ofArray(bytes.array()), ElementType.F32, rows, columns, false);
    }
}
