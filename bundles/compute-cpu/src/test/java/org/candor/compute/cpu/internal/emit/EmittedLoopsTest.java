package org.candor.compute.cpu.internal.emit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.candor.api.compute.Activation;
import org.candor.api.compute.ElementType;
import org.candor.compute.cpu.internal.CpuTensor;
import org.candor.compute.cpu.internal.InnerLoops;
import org.candor.compute.cpu.internal.VectorLoops;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The emitted loops give the bits of those on the Vector API, and touch nothing beside their results. */
class EmittedLoopsTest {

    private static final float UNTOUCHED = 12345.678f;
    private static final int LANES = FloatVector.SPECIES_PREFERRED.length();

    private static InnerLoops emitted;
    private final InnerLoops vector = new VectorLoops();

    @BeforeAll
    static void emit() {
        String obstacle = EmittedLoops.obstacle(LANES);
        Assumptions.assumeTrue(obstacle == null, () -> "nothing is emitted here: " + obstacle);
        emitted = EmittedLoops.open(LANES);
    }

    private static int vectors(Random random) {
        return 1 << random.nextInt(LANES == 16 ? 3 : 2);
    }

    private static float[] numbers(Random random, int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (random.nextGaussian() * Math.exp(3 * random.nextGaussian()));
        }
        return x;
    }

    @RepeatedTest(200)
    void aProductHasTheSameBits(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int vectors = vectors(random);
        int panels = 1 + random.nextInt(3);
        int rows = 1 + random.nextInt(20);
        int depth = 1 + random.nextInt(40);
        int width = panels * vectors * LANES;
        int aStride = depth + random.nextInt(5);
        int cStride = width + random.nextInt(5);
        int aAt = random.nextInt(7);
        int cAt = random.nextInt(7);
        boolean add = random.nextBoolean();
        float[] a = numbers(random, aAt + rows * aStride);
        float[] c = numbers(random, cAt + rows * cStride + 3);
        float[] expected = c.clone();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment b = arena.allocate(4L * (depth * width + 8), 4);
            for (int i = 0; i < depth * width; i++) {
                b.setAtIndex(ValueLayout.JAVA_FLOAT, 8 + i, (float) random.nextGaussian());
            }
            vector.multiply(vectors, panels, a, aAt, aStride, b, 32, expected, cAt, cStride, rows, depth, add);
            emitted.multiply(vectors, panels, a, aAt, aStride, b, 32, c, cAt, cStride, rows, depth, add);
        }
        assertArrayEquals(expected, c, 0f);
    }

    @RepeatedTest(60)
    void biasAndActivationHaveTheSameBits(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Activation activation = Activation.values()[random.nextInt(Activation.values().length)];
        int rows = 1 + random.nextInt(5);
        int columns = 1 + random.nextInt(random.nextBoolean() ? 40 : 8) * LANES - (random.nextInt(4) == 0 ? 1 : 0);
        columns = Math.max(1, columns);
        int stride = columns + random.nextInt(9);
        int at = random.nextInt(5);
        float[] bias = random.nextInt(3) == 0 ? null : numbers(random, columns + 2);
        float[] x = numbers(random, at + rows * stride + 9);
        float[] special = {
            0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 14f, -14f, -13.3f, 1e-30f
        };
        for (int i = 0; i < x.length; i += 5) {
            x[i] = special[random.nextInt(special.length)];
        }
        float[] expected = x.clone();
        vector.finish(activation, bias, 2, expected, at, stride, rows, columns);
        emitted.finish(activation, bias, 2, x, at, stride, rows, columns);
        assertArrayEquals(expected, x, 0f);
    }

    @RepeatedTest(60)
    void powersAndTheirSumsHaveTheSameBits(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int rows = 1 + random.nextInt(5);
        int columns = 1 + random.nextInt(70);
        int stride = columns + random.nextInt(9);
        int at = random.nextInt(5);
        float scale = random.nextFloat();
        float[] x = numbers(random, at + rows * stride + 9);
        if (repetition.getCurrentRepetition() % 7 == 0) {
            x[random.nextInt(x.length)] = Float.NaN;
        }
        float[] expected = x.clone();
        float[] sums = new float[rows + 1];
        float[] expectedSums = new float[rows + 1];
        Arrays.fill(sums, UNTOUCHED);
        Arrays.fill(expectedSums, UNTOUCHED);
        vector.powers(expected, at, stride, rows, columns, scale, expectedSums);
        emitted.powers(x, at, stride, rows, columns, scale, sums);
        assertArrayEquals(expected, x, 0f);
        assertArrayEquals(expectedSums, sums, 0f);
    }

    @RepeatedTest(60)
    void aNormHasTheSameBits(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int rows = 1 + random.nextInt(6);
        int columns = random.nextInt(4) == 0 ? 1 + random.nextInt(50) : LANES * (1 + random.nextInt(50));
        CpuTensor x = tensor(random, rows, columns);
        CpuTensor residual = random.nextBoolean() ? tensor(random, rows, columns) : null;
        CpuTensor gamma = tensor(random, 1, columns);
        CpuTensor beta = tensor(random, 1, columns);
        CpuTensor expected = tensor(random, rows, columns);
        CpuTensor y = CpuTensor.of(expected.floats().clone(), ElementType.F32, rows, columns);
        int from = random.nextInt(rows);
        vector.norm(x, residual, gamma, beta, 1e-12f, expected, from, rows);
        emitted.norm(x, residual, gamma, beta, 1e-12f, y, from, rows);
        assertArrayEquals(expected.floats(), y.floats(), 0f);
    }

    private static CpuTensor tensor(Random random, int rows, int columns) {
        return CpuTensor.of(numbers(random, rows * columns), ElementType.F32, rows, columns);
    }

    @RepeatedTest(40)
    void aTransposeIsATranspose(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int vectors = vectors(random);
        int panels = 1 + random.nextInt(3);
        int width = LANES * vectors;
        int depth = random.nextInt(4) == 0 ? 1 + random.nextInt(30) : LANES * (1 + random.nextInt(8));
        int stride = depth + random.nextInt(20);
        float[] k = numbers(random, 3 + panels * width * stride);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment b = arena.allocate(4L * (panels * width * depth + 2), 4);
            b.fill((byte) 1);
            emitted.transpose(vectors, panels, k, 3, stride, depth, b, 4);
            for (int panel = 0; panel < panels; panel++) {
                for (int d = 0; d < depth; d++) {
                    for (int c = 0; c < width; c++) {
                        float element = b.getAtIndex(ValueLayout.JAVA_FLOAT, 1 + (panel * depth + d) * width + c);
                        assertEquals(k[3 + (panel * width + c) * stride + d], element);
                    }
                }
            }
            assertEquals(0x01010101, b.getAtIndex(ValueLayout.JAVA_INT, 0));
            assertEquals(0x01010101, b.getAtIndex(ValueLayout.JAVA_INT, 1 + panels * width * depth));
        }
    }

    @Test
    void whatLiesOutsideOfAnArrayIsRefused() {
        int width = 2 * LANES;
        float[] x = new float[2 * width];
        MemorySegment b = MemorySegment.ofArray(new float[width]);
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> emitted.multiply(2, 1, x, 0, 1, b, 0, x, width + 1, width, 1, 1, false));
        assertThrows(
                IndexOutOfBoundsException.class, () -> emitted.multiply(2, 1, x, 0, 1, b, 4, x, 0, width, 1, 1, false));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> emitted.finish(Activation.GELU_ERF, null, 0, x, 0, width, 3, width));
        assertThrows(IndexOutOfBoundsException.class, () -> emitted.powers(x, 0, width, 2, width, 1, new float[1]));
        assertArrayEquals(new float[2 * width], x);
    }
}
