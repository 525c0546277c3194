package org.candor.api.compute;

import static org.candor.api.compute.Contract.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Operations that treat each row on its own. */
interface RowContract extends Contract {

    /** Abramowitz and Stegun, table 26.1: x and the probability that a standard normal variable is below it. */
    double[][] NORMAL = {
        {0.5, 0.691462461274013}, {1, 0.841344746068543}, {2, 0.977249868051821}, {3, 0.998650101968370}
    };

    @Test
    default void geluIsXTimesTheNormalDistribution() {
        float[] x = new float[2 * NORMAL.length];
        double[] expected = new double[x.length];
        for (int i = 0; i < NORMAL.length; i++) {
            x[2 * i] = (float) NORMAL[i][0];
            expected[2 * i] = NORMAL[i][0] * NORMAL[i][1];
            x[2 * i + 1] = (float) -NORMAL[i][0];
            expected[2 * i + 1] = -NORMAL[i][0] * (1 - NORMAL[i][1]);
        }
        try (Ops ops = backend().ops()) {
            Tensor y = tensor(ops, x, 1, x.length);
            ops.activate(y, Activation.GELU_ERF, y);
            assertClose(expected, read(ops, y), 1e-10, 2e-6, "gelu");
        }
    }

    @Test
    default void activationsFollowTheirFormulasOverTheWholeRange() {
        int count = 4001;
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (i - 2000) / 166.7f;
        }
        for (Activation activation : Activation.values()) {
            double[] expected = new double[count];
            for (int i = 0; i < count; i++) {
                expected[i] = Reference.apply(activation, x[i]);
            }
            try (Ops ops = backend().ops()) {
                Tensor xs = tensor(ops, x, 1, count);
                Tensor ys = backend().allocate(ElementType.F32, 1, count);
                ops.activate(xs, activation, ys);
                // The tanh form cancels below zero by its nature; only its distance is bounded.
                double absolute = activation == Activation.GELU_TANH ? 1e-6 : 1e-12;
                assertClose(expected, read(ops, ys), absolute, 3e-6, activation.toString());
            }
        }
    }

    @Test
    default void activationsOfExtremeNumbersAreTheirLimits() {
        float[] x = {0, 200, -200, 3e38f, -3e38f, 1e-30f};
        double[][] expected = {
            {0, 200, 0, 3e38f, 0, 5e-31},
            {0, 1, -1, 1, -1, 1e-30}
        };
        try (Ops ops = backend().ops()) {
            Tensor xs = tensor(ops, x, 1, x.length);
            Tensor ys = backend().allocate(ElementType.F32, 1, x.length);
            ops.activate(xs, Activation.GELU_ERF, ys);
            assertClose(expected[0], read(ops, ys), 1e-35, 1e-6, "GELU_ERF");
            ops.activate(xs, Activation.SILU, ys);
            assertClose(expected[0], read(ops, ys), 1e-30, 1e-6, "SILU");
            ops.activate(xs, Activation.TANH, ys);
            assertClose(expected[1], read(ops, ys), 1e-35, 1e-6, "TANH");
        }
    }

    @Test
    default void layerNormCentresAndScalesEachRow() {
        try (Ops ops = backend().ops()) {
            for (int seed = 0; seed < SEEDS; seed++) {
                Random random = new Random(seed);
                int rows = 1 + random.nextInt(60);
                int columns = seed == 0 ? 384 : seed == 1 ? 768 : 2 + random.nextInt(500);
                float[] x = random(random, rows * columns);
                float[] residual = random.nextBoolean() ? random(random, rows * columns) : null;
                for (int i = 0; i < x.length; i++) {
                    x[i] = x[i] * 3 + 5;
                }
                float[] gamma = random(random, columns);
                float[] beta = random(random, columns);
                String what = "seed " + seed + ", (" + rows + ", " + columns + ")";
                double[] expected = Reference.layerNorm(x, residual, gamma, beta, 1e-12f, rows, columns);

                Tensor xs = view(ops, x, rows, columns, random);
                Tensor rs = residual == null ? null : view(ops, residual, rows, columns, random);
                Tensor gs = tensor(ops, gamma, 1, columns);
                Tensor bs = tensor(ops, beta, 1, columns);
                Tensor ys = view(ops, new float[x.length], rows, columns, random);
                ops.layerNorm(xs, rs, gs, bs, 1e-12f, ys);
                float[] y = read(ops, ys);
                assertClose(expected, y, 1e-5, 1e-5, what);
                if (rs != null) {
                    ops.layerNorm(xs, rs, gs, bs, 1e-12f, rs);
                    assertArrayEquals(y, read(ops, rs), what + " onto the residual");
                }
                ops.layerNorm(
                        xs, residual == null ? null : view(ops, residual, rows, columns, random), gs, bs, 1e-12f, xs);
                assertArrayEquals(y, read(ops, xs), what + " in place");
            }
        }
    }

    @Test
    default void aConstantRowNormalisesToBeta() {
        try (Ops ops = backend().ops()) {
            Tensor x = tensor(ops, new float[] {7, 7, 7, 7, 7}, 1, 5);
            Tensor ones = tensor(ops, new float[] {1, 1, 1, 1, 1}, 1, 5);
            Tensor beta = tensor(ops, new float[] {1, 2, 3, 4, 5}, 1, 5);
            ops.layerNorm(x, null, ones, beta, 1e-5f, x);
            assertArrayEquals(new float[] {1, 2, 3, 4, 5}, read(ops, x), 1e-5f);
        }
    }

    @Test
    default void softmaxRowsAreDistributions() {
        try (Ops ops = backend().ops()) {
            for (int seed = 0; seed < SEEDS; seed++) {
                Random random = new Random(seed);
                int rows = 1 + random.nextInt(40);
                int columns = 1 + random.nextInt(400);
                float[] x = random(random, rows * columns);
                double[] expected = new double[x.length];
                for (int r = 0; r < rows; r++) {
                    double[] row = new double[columns];
                    for (int c = 0; c < columns; c++) {
                        x[r * columns + c] *= 20;
                        row[c] = x[r * columns + c];
                    }
                    System.arraycopy(Reference.softmax(row), 0, expected, r * columns, columns);
                }
                Tensor xs = view(ops, x, rows, columns, random);
                ops.softmax(xs, xs);
                assertClose(expected, read(ops, xs), 1e-30, 1e-5, "seed " + seed);
            }
        }
    }

    @Test
    default void softmaxSurvivesLargeAndMaskedScores() {
        try (Ops ops = backend().ops()) {
            Tensor x = tensor(ops, new float[] {3e38f, 3e38f, Float.NEGATIVE_INFINITY, -3e38f}, 1, 4);
            ops.softmax(x, x);
            assertArrayEquals(new float[] {0.5f, 0.5f, 0, 0}, read(ops, x), 1e-7f);
        }
    }

    @Test
    default void addAddsElementByElement() {
        try (Ops ops = backend().ops()) {
            Random random = new Random(4);
            for (int columns : new int[] {1, 15, 16, 17, 384, 1000}) {
                int rows = 1 + random.nextInt(50);
                float[] a = random(random, rows * columns);
                float[] b = random(random, rows * columns);
                float[] sum = new float[a.length];
                for (int i = 0; i < a.length; i++) {
                    sum[i] = a[i] + b[i];
                }
                Tensor as = view(ops, a, rows, columns, random);
                ops.add(as, view(ops, b, rows, columns, random), as);
                assertArrayEquals(sum, read(ops, as));
            }
        }
    }

    @Test
    default void normalizeGivesUnitRowsAndKeepsZeroRowsZero() {
        try (Ops ops = backend().ops()) {
            Random random = new Random(6);
            int rows = 20;
            int columns = 387;
            float[] x = random(random, rows * columns);
            java.util.Arrays.fill(x, 3 * columns, 4 * columns, 0f);
            Tensor xs = view(ops, x, rows, columns, random);
            ops.normalize(xs, xs);
            float[] y = read(ops, xs);
            for (int r = 0; r < rows; r++) {
                double norm = 0;
                double dot = 0;
                double length = 0;
                for (int c = 0; c < columns; c++) {
                    norm += (double) y[r * columns + c] * y[r * columns + c];
                    dot += (double) y[r * columns + c] * x[r * columns + c];
                    length += (double) x[r * columns + c] * x[r * columns + c];
                }
                assertEquals(r == 3 ? 0 : 1, norm, 1e-5);
                assertEquals(Math.sqrt(length), dot, 1e-4);
            }
        }
    }

    @Test
    default void embeddingPicksAndAddsRowsOfTheTable() {
        try (Ops ops = backend().ops()) {
            Random random = new Random(8);
            int entries = 50;
            int hidden = 77;
            float[] table = random(random, entries * hidden);
            int[] ids = random.ints(300, 0, entries).toArray();
            Tensor ts = view(ops, table, entries, hidden, random);
            Tensor is = backend().allocate(ElementType.I32, 1, ids.length);
            ops.upload(ids, 0, is);
            Tensor ys = view(ops, new float[ids.length * hidden], ids.length, hidden, random);
            ops.embedding(ts, is, false, ys);
            float[] once = read(ops, ys);
            ops.embedding(ts, is, true, ys);
            float[] twice = read(ops, ys);
            for (int t = 0; t < ids.length; t++) {
                for (int c = 0; c < hidden; c++) {
                    assertEquals(table[ids[t] * hidden + c], once[t * hidden + c]);
                    assertEquals(2 * table[ids[t] * hidden + c], twice[t * hidden + c]);
                }
            }
        }
    }

    @Test
    default void anIdOutsideTheTableSurfacesAtTheNextWait() {
        for (int id : new int[] {-1, 4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            Ops ops = backend().ops();
            Tensor table = backend().allocate(ElementType.F32, 4, 3);
            Tensor ids = backend().allocate(ElementType.I32, 1, 2);
            ops.upload(new int[] {0, id}, 0, ids);
            Tensor y = backend().allocate(ElementType.F32, 2, 3);
            ops.embedding(table, ids, false, y);
            BackendException failure = assertThrows(BackendException.class, ops::finish);
            assertTrue(failure.getMessage().contains("embedding"), failure.getMessage());
        }
    }

    @Test
    default void rowOperationsRefuseWhatDoesNotFit() {
        try (Ops ops = backend().ops()) {
            Tensor a = backend().allocate(ElementType.F32, 4, 6);
            Tensor b = backend().allocate(ElementType.F32, 4, 5);
            Tensor row = backend().allocate(ElementType.F32, 1, 6);
            Tensor ids = backend().allocate(ElementType.I32, 1, 3);
            Class<IllegalArgumentException> refused = IllegalArgumentException.class;
            assertThrows(refused, () -> ops.add(a, b, a));
            assertThrows(refused, () -> ops.softmax(a, b));
            assertThrows(refused, () -> ops.activate(a, Activation.RELU, b));
            assertThrows(refused, () -> ops.normalize(a, b));
            assertThrows(refused, () -> ops.layerNorm(a, b, row, row, 1e-5f, a));
            assertThrows(refused, () -> ops.layerNorm(a, null, a, row, 1e-5f, a));
            assertThrows(refused, () -> ops.embedding(a, ids, false, a));
            assertThrows(refused, () -> ops.embedding(a, row, false, a));
            assertThrows(refused, () -> ops.softmax(a.columns(0, 3), a.columns(1, 4)));
        }
    }
}
