package org.candor.api.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Weights and {@link Ops#linear}. */
interface LinearContract extends Contract {

    /** Types whose products take x as it is. */
    List<WeightType> PLAIN = List.of(WeightType.F32, WeightType.BF16, WeightType.F16, WeightType.I8);

    /** Shapes that real models have and shapes at the edges of any tiling: rows, inputs, outputs. */
    int[][] SHAPES = {
        {1, 1, 1},
        {1, 64, 64},
        {2, 48, 48},
        {5, 7, 3},
        {6, 16, 64},
        {7, 33, 65},
        {12, 384, 3},
        {13, 48, 256},
        {16, 384, 130},
        {17, 100, 127},
        {3, 1536, 384},
        {64, 192, 192},
        {97, 129, 80},
        {100, 48, 191}
    };

    @Test
    default void linearIsTheProductWithTheTransposedWeightForEveryShapeAndType() {
        try (Ops ops = backend().ops()) {
            for (int[] shape : SHAPES) {
                for (WeightType type : PLAIN) {
                    linear(ops, shape[0], shape[1], shape[2], type, Activation.IDENTITY, 1);
                }
            }
            for (int seed = 0; seed < SEEDS; seed++) {
                Random random = new Random(seed);
                for (WeightType type : PLAIN) {
                    linear(
                            ops,
                            1 + random.nextInt(150),
                            1 + random.nextInt(300),
                            1 + random.nextInt(300),
                            type,
                            Activation.IDENTITY,
                            seed);
                }
            }
        }
    }

    @Test
    default void linearAppliesBiasAndEveryActivation() {
        try (Ops ops = backend().ops()) {
            for (Activation activation : Activation.values()) {
                linear(ops, 9, 40, 70, WeightType.F32, activation, 7);
                linear(ops, 3, 24, 16, WeightType.I8, activation, 8);
            }
        }
    }

    private void linear(Ops ops, int rows, int inputs, int outputs, WeightType type, Activation activation, int seed) {
        String what = "seed " + seed + ", (" + rows + ", " + inputs + ", " + outputs + "), " + type + ", " + activation;
        Random random = new Random(seed * 31L + rows);
        float[] x = random(random, rows * inputs);
        float[] w = held(random, type, outputs, inputs);
        float[] bias = random.nextBoolean() ? random(random, outputs) : null;
        boolean transposed = random.nextBoolean();
        double[] expected = Reference.product(x, w, rows, inputs, outputs);
        double[] allowed = Reference.magnitude(x, w, rows, inputs, outputs);
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Reference.apply(activation, expected[i] + (bias == null ? 0 : bias[i % outputs]));
            allowed[i] = 1e-6 + 5e-7 * allowed[i];
        }
        try (Weight weight = backend().weight(matrix(w, ElementType.F32, outputs, inputs, transposed), type);
                Tensor xs = tensor(ops, x, rows, inputs);
                Tensor ys = backend().allocate(ElementType.F32, rows, outputs)) {
            assertEquals(type, weight.type());
            assertEquals(outputs, weight.outputs());
            assertEquals(inputs, weight.inputs());
            assertTrue(weight.bytes() >= (long) outputs * inputs * (type == WeightType.I8 ? 1 : 2), what);
            Tensor bs = bias == null ? null : tensor(ops, bias, 1, outputs);
            ops.linear(xs, weight, bs, activation, ys);
            float[] y = read(ops, ys);
            for (int i = 0; i < y.length; i++) {
                assertEquals(expected[i], y[i], allowed[i], what + ", element " + i);
            }

            Tensor xView = view(ops, x, rows, inputs, random);
            Tensor yView = view(ops, new float[rows * outputs], rows, outputs, random);
            ops.linear(xView, weight, bs, activation, yView);
            assertArrayEquals(y, read(ops, yView), what + ": a view changes the result");
        }
    }

    /** Numbers that the type holds exactly, so that the reference needs no rounding rule. */
    private float[] held(Random random, WeightType type, int outputs, int inputs) {
        float[] w = random(random, outputs * inputs);
        for (int o = 0; o < outputs; o++) {
            float scale = Math.scalb(1f, random.nextInt(3) - 8);
            for (int i = 0; i < inputs; i++) {
                int at = o * inputs + i;
                w[at] = switch (type) {
                    case F32 -> w[at];
                    case F16 -> Float.float16ToFloat(Float.floatToFloat16(w[at]));
                    case BF16 -> Float.intBitsToFloat(Float.floatToRawIntBits(w[at]) & 0xffff0000);
                    case I8 -> scale * (i == 0 ? 127 : random.nextInt(255) - 127);
                    case Q8 -> scale * (i % 32 == 0 ? 127 : random.nextInt(255) - 127);
                    case Q4 -> scale * (i % 32 == 0 ? -8 : random.nextInt(16) - 8);
                    case STORED -> throw new IllegalArgumentException("any number is stored");
                };
            }
        }
        return w;
    }

    @Test
    default void weightsAreReadFromEveryStoredTypeAndOrientation() {
        Random random = new Random(5);
        float[] w = random(random, 20 * 30);
        for (int i = 0; i < w.length; i++) {
            w[i] = Float.intBitsToFloat(Float.floatToRawIntBits(w[i]) & 0xffff0000);
        }
        float[] identity = new float[30 * 30];
        for (int i = 0; i < 30; i++) {
            identity[i * 30 + i] = 1;
        }
        try (Ops ops = backend().ops()) {
            Tensor x = tensor(ops, identity, 30, 30);
            Tensor y = backend().allocate(ElementType.F32, 30, 20);
            for (ElementType stored : new ElementType[] {ElementType.F32, ElementType.BF16, ElementType.F16}) {
                for (boolean transposed : new boolean[] {false, true}) {
                    HostMatrix matrix = matrix(w, stored, 20, 30, transposed);
                    try (Weight weight = backend().weight(matrix, WeightType.F32)) {
                        ops.linear(x, weight, null, Activation.IDENTITY, y);
                        float[] read = read(ops, y);
                        for (int o = 0; o < 20; o++) {
                            for (int i = 0; i < 30; i++) {
                                float exact = w[o * 30 + i];
                                float expected = stored == ElementType.F16
                                        ? Float.float16ToFloat(Float.floatToFloat16(exact))
                                        : exact;
                                assertEquals(expected, read[i * 20 + o], stored + ", transposed " + transposed);
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    default void bfloat16WeightsAreRoundedToNearestEven() {
        float[] stored = {1 + 0x1p-8f, 1 + 3 * 0x1p-8f, 1 + 0x1p-8f + 0x1p-20f, -1 - 0x1p-9f, 3e38f};
        float[] held = {1, 1 + 4 * 0x1p-8f, 1 + 2 * 0x1p-8f, -1, 3e38f};
        held[4] = Float.intBitsToFloat(Float.floatToRawIntBits(3e38f) + 0x8000 & 0xffff0000);
        try (Ops ops = backend().ops();
                Weight weight = backend().weight(matrix(stored, ElementType.F32, 5, 1, false), WeightType.BF16)) {
            Tensor y = backend().allocate(ElementType.F32, 1, 5);
            ops.linear(tensor(ops, new float[] {1}, 1, 1), weight, null, Activation.IDENTITY, y);
            assertArrayEquals(held, read(ops, y));
        }
    }

    @Test
    default void eightBitWeightsKeepEachRowWithinHalfAStep() {
        Random random = new Random(3);
        int outputs = 40;
        int inputs = 32;
        float[] w = random(random, outputs * inputs);
        Arrays.fill(w, 5 * inputs, 6 * inputs, 0f);
        float[] identity = new float[inputs * inputs];
        for (int i = 0; i < inputs; i++) {
            identity[i * inputs + i] = 1;
        }
        try (Ops ops = backend().ops();
                Weight weight = backend().weight(matrix(w, ElementType.F32, outputs, inputs, false), WeightType.I8)) {
            Tensor y = backend().allocate(ElementType.F32, inputs, outputs);
            ops.linear(tensor(ops, identity, inputs, inputs), weight, null, Activation.IDENTITY, y);
            float[] held = read(ops, y);
            for (int o = 0; o < outputs; o++) {
                float largest = 0;
                for (int i = 0; i < inputs; i++) {
                    largest = Math.max(largest, Math.abs(w[o * inputs + i]));
                }
                for (int i = 0; i < inputs; i++) {
                    assertEquals(w[o * inputs + i], held[i * outputs + o], largest / 127 * 0.50001f, "row " + o);
                }
            }
        }
    }

    @Test
    default void aRowOfALinearLayerIsTheSameInEveryBatch() {
        Random random = new Random(11);
        int inputs = 200;
        int outputs = 150;
        int most = 29;
        float[] x = random(random, most * inputs);
        for (WeightType type : WeightType.values()) {
            float[] w =
                    type == WeightType.STORED ? random(random, outputs * inputs) : held(random, type, outputs, inputs);
            try (Ops ops = backend().ops();
                    Weight weight = backend().weight(matrix(w, ElementType.F32, outputs, inputs, false), type)) {
                Tensor xs = tensor(ops, x, most, inputs);
                Tensor ys = backend().allocate(ElementType.F32, most, outputs);
                ops.linear(xs, weight, null, Activation.GELU_ERF, ys);
                float[] all = read(ops, ys);
                for (int rows = 1; rows < most; rows++) {
                    ops.linear(
                            xs.rows(most - rows, most), weight, null, Activation.GELU_ERF, ys.rows(most - rows, most));
                    assertArrayEquals(all, read(ops, ys), rows + " rows, " + type);
                }
            }
        }
    }

    @Test
    default void linearRefusesWhatDoesNotFit() {
        try (Ops ops = backend().ops();
                Weight w = backend().weight(matrix(new float[6], ElementType.F32, 2, 3, false), WeightType.F32)) {
            Tensor x = backend().allocate(ElementType.F32, 4, 3);
            Tensor y = backend().allocate(ElementType.F32, 4, 2);
            Tensor narrow = backend().allocate(ElementType.F32, 4, 1);
            Tensor few = backend().allocate(ElementType.F32, 3, 2);
            Tensor whole = backend().allocate(ElementType.I32, 4, 3);
            Class<IllegalArgumentException> refused = IllegalArgumentException.class;
            assertThrows(refused, () -> ops.linear(y, w, null, Activation.IDENTITY, y));
            assertThrows(refused, () -> ops.linear(x, w, null, Activation.IDENTITY, narrow));
            assertThrows(refused, () -> ops.linear(x, w, null, Activation.IDENTITY, few));
            assertThrows(refused, () -> ops.linear(whole, w, null, Activation.IDENTITY, y));
            assertThrows(refused, () -> ops.linear(x, w, x.rows(0, 1), Activation.IDENTITY, y));
            assertThrows(refused, () -> ops.linear(x, w, null, Activation.IDENTITY, x.columns(0, 2)));
        }
    }

    @Test
    default void hostMatricesOfTheWrongSizeAreRefused() {
        MemorySegment seven = MemorySegment.ofArray(new byte[7]);
        MemorySegment none = MemorySegment.ofArray(new byte[0]);
        Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        assertThrows(refused, () -> new HostMatrix(seven, ElementType.BF16, 2, 2, false));
        assertThrows(refused, () -> new HostMatrix(none, ElementType.F32, 0, 4, false));
    }

    @Test
    default void aClosedWeightIsNotUsed() {
        try (Ops ops = backend().ops()) {
            Weight w = backend().weight(matrix(new float[6], ElementType.F32, 2, 3, false), WeightType.F32);
            Tensor x = backend().allocate(ElementType.F32, 4, 3);
            Tensor y = backend().allocate(ElementType.F32, 4, 2);
            w.close();
            w.close();
            assertThrows(IllegalStateException.class, () -> ops.linear(x, w, null, Activation.IDENTITY, y));
        }
    }
}
