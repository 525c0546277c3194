package org.candor.api.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Weights in quantised blocks, and embeddings from weights. */
interface BlockContract extends Contract {

    /** One block in so many bytes of x's own rounding: half a step of 127 of its largest number. */
    double ROUNDING = 0.5001 / 127;

    @Test
    default void blocksAreMultipliedByRowsRoundedToBytes() {
        int[][] shapes = {{1, 32, 1}, {1, 896, 130}, {2, 64, 8}, {3, 128, 9}, {5, 32, 17}, {97, 320, 43}};
        try (Ops ops = backend().ops()) {
            for (BlockType type : BlockType.values()) {
                for (int[] shape : shapes) {
                    blocks(ops, type, shape[0], shape[1], shape[2], Activation.IDENTITY);
                }
                for (Activation activation : Activation.values()) {
                    blocks(ops, type, 6, 96, 21, activation);
                }
            }
        }
    }

    private void blocks(Ops ops, BlockType type, int rows, int inputs, int outputs, Activation activation) {
        String what = type + ", (" + rows + ", " + inputs + ", " + outputs + "), " + activation;
        Random random = new Random(rows * 31L + outputs);
        float[] w = new float[outputs * inputs];
        byte[][] stored = stored(random, type, outputs, inputs, w);
        float[] x = random(random, rows * inputs);
        float[] bias = random.nextBoolean() ? random(random, outputs) : null;
        double[] expected = Reference.product(x, w, rows, inputs, outputs);
        BlockMatrix matrix = new BlockMatrix(type, outputs, inputs, row -> MemorySegment.ofArray(stored[row]));
        try (Weight weight = backend().weight(matrix);
                Tensor xs = tensor(ops, x, rows, inputs);
                Tensor ys = backend().allocate(ElementType.F32, rows, outputs)) {
            assertEquals(type == BlockType.Q8_0 ? WeightType.Q8 : WeightType.Q4, weight.type());
            assertEquals(outputs, weight.outputs());
            assertEquals(inputs, weight.inputs());
            Tensor bs = bias == null ? null : tensor(ops, bias, 1, outputs);
            ops.linear(xs, weight, bs, activation, ys);
            float[] y = read(ops, ys);
            for (int i = 0; i < y.length; i++) {
                double allowed = 1e-5 + 1.2 * error(x, w, i / outputs, i % outputs, inputs);
                double exact = Reference.apply(activation, expected[i] + (bias == null ? 0 : bias[i % outputs]));
                assertEquals(exact, y[i], allowed, what + ", element " + i);
            }
            Tensor xView = view(ops, x, rows, inputs, random);
            Tensor yView = view(ops, new float[rows * outputs], rows, outputs, random);
            ops.linear(xView, weight, bs, activation, yView);
            assertArrayEquals(y, read(ops, yView), what + ": a view changes the result");
        }
    }

    /** At most what rounding x costs, whatever the signs. No activation is steeper than 1.2. */
    private static double error(float[] x, float[] w, int row, int output, int inputs) {
        double error = 0;
        for (int block = 0; block < inputs; block += BlockType.VALUES) {
            double largest = 0;
            double weights = 0;
            for (int i = block; i < block + BlockType.VALUES; i++) {
                largest = Math.max(largest, Math.abs(x[row * inputs + i]));
                weights += Math.abs(w[output * inputs + i]);
            }
            error += largest * ROUNDING * weights;
        }
        return error;
    }

    /** Random blocks, and the values that they stand for. */
    private static byte[][] stored(Random random, BlockType type, int outputs, int inputs, float[] values) {
        byte[][] rows = new byte[outputs][(int) type.rowBytes(inputs)];
        for (int row = 0; row < outputs; row++) {
            random.nextBytes(rows[row]);
            for (int block = 0; block < inputs / BlockType.VALUES; block++) {
                int from = block * type.bytes();
                short half = Float.floatToFloat16((0.5f + random.nextFloat()) / 64);
                rows[row][from] = (byte) half;
                rows[row][from + 1] = (byte) (half >> 8);
                for (int i = 0; i < BlockType.VALUES; i++) {
                    int code =
                            switch (type) {
                                case Q8_0 -> rows[row][from + 2 + i];
                                case Q4_0 -> (rows[row][from + 2 + i % 16] >> (i < 16 ? 0 : 4) & 15) - 8;
                            };
                    values[row * inputs + block * BlockType.VALUES + i] = Float.float16ToFloat(half) * code;
                }
            }
        }
        return rows;
    }

    @Test
    default void embeddingsAreRowsOfAWeightOfAnyType() {
        int entries = 45;
        int hidden = 64;
        int[] ids = {44, 0, 7, 7, 31, 8};
        Random random = new Random(4);
        float[] identity = new float[hidden * hidden];
        for (int i = 0; i < hidden; i++) {
            identity[i * hidden + i] = 1;
        }
        float[] table = random(random, entries * hidden);
        try (Ops ops = backend().ops();
                Tensor is = backend().allocate(ElementType.I32, 1, ids.length);
                Tensor y = backend().allocate(ElementType.F32, ids.length, hidden);
                Tensor columns = backend().allocate(ElementType.F32, hidden, entries)) {
            ops.upload(ids, 0, is);
            for (WeightType type : WeightType.values()) {
                try (Weight weight = backend().weight(matrix(table, ElementType.F32, entries, hidden, false), type)) {
                    // A row of zeros but for a one has its largest number exactly in bytes, too.
                    ops.linear(tensor(ops, identity, hidden, hidden), weight, null, Activation.IDENTITY, columns);
                    float[] held = read(ops, columns);
                    ops.embedding(weight, is, false, y);
                    float[] once = read(ops, y);
                    ops.embedding(weight, is, true, y);
                    float[] twice = read(ops, y);
                    for (int t = 0; t < ids.length; t++) {
                        for (int c = 0; c < hidden; c++) {
                            float expected = held[c * entries + ids[t]];
                            assertEquals(expected, once[t * hidden + c], 1e-6f * Math.abs(expected), type + ", " + t);
                            assertEquals(2 * once[t * hidden + c], twice[t * hidden + c], type + ", added, " + t);
                        }
                    }
                    ops.upload(new int[] {entries}, 0, is.columns(2, 3));
                    ops.embedding(weight, is, false, y);
                    assertThrows(BackendException.class, ops::finish);
                    ops.upload(ids, 0, is);
                }
            }
        }
    }

    @Test
    default void whatIsNotWholeBlocksIsRefused() {
        Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        MemorySegment bytes = MemorySegment.ofArray(new byte[35]);
        assertThrows(refused, () -> new BlockMatrix(BlockType.Q8_0, 1, 33, row -> bytes));
        assertThrows(refused, () -> new BlockMatrix(BlockType.Q8_0, 0, 32, row -> bytes));
        assertThrows(refused, () -> backend().weight(new BlockMatrix(BlockType.Q8_0, 1, 32, row -> bytes)));
        float[] infinite = new float[32];
        infinite[3] = Float.POSITIVE_INFINITY;
        HostMatrix matrix = matrix(infinite, ElementType.F32, 1, 32, false);
        assertThrows(refused, () -> backend().weight(matrix, WeightType.Q8));
        assertThrows(refused, () -> backend().weight(matrix, WeightType.Q4));
    }

    @Test
    default void aMatrixIsRoundedToTheNearestCodes() {
        Random random = new Random(9);
        int inputs = 70;
        float[] w = random(random, 12 * inputs);
        for (WeightType type : new WeightType[] {WeightType.Q8, WeightType.Q4}) {
            double step = type == WeightType.Q8 ? 1 / 127.0 : 1 / 8.0;
            try (Ops ops = backend().ops();
                    Weight weight = backend().weight(matrix(w, ElementType.F32, 12, inputs, true), type);
                    Tensor ids = backend().allocate(ElementType.I32, 1, 12);
                    Tensor y = backend().allocate(ElementType.F32, 12, inputs)) {
                ops.upload(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 0, ids);
                ops.embedding(weight, ids, false, y);
                float[] held = read(ops, y);
                for (int i = 0; i < held.length; i++) {
                    double largest = 0;
                    int block = i / inputs * inputs + i % inputs / 32 * 32;
                    for (int j = block; j < Math.min(block + 32, (i / inputs + 1) * inputs); j++) {
                        largest = Math.max(largest, Math.abs(w[j]));
                    }
                    // The far end of four bits is one step short; binary16 scales are off by 2^-11.
                    double allowed = largest * step * (type == WeightType.Q8 ? 0.57 : 1.01);
                    assertEquals(w[i], held[i], allowed, type + ", element " + i);
                }
            }
        }
    }
}
