package org.candor.api.compute;

import static org.candor.api.compute.Contract.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Operations that decoders need row by row. */
interface DecoderContract extends Contract {

    @Test
    default void rmsNormScalesEachGroupOfColumns() {
        try (Ops ops = backend().ops()) {
            for (int seed = 0; seed < SEEDS; seed++) {
                Random random = new Random(seed);
                int rows = 1 + random.nextInt(40);
                int size = seed == 0 ? 4096 : seed == 1 ? 128 : 1 + random.nextInt(200);
                int groups = seed == 0 ? 1 : 1 + random.nextInt(6);
                int columns = groups * size;
                float[] x = random(random, rows * columns);
                float[] gamma = random(random, size);
                double[] expected = new double[x.length];
                for (int group = 0; group < rows * groups; group++) {
                    double squares = 0;
                    for (int c = 0; c < size; c++) {
                        squares += (double) x[group * size + c] * x[group * size + c];
                    }
                    for (int c = 0; c < size; c++) {
                        expected[group * size + c] = x[group * size + c] / Math.sqrt(squares / size + 1e-6f) * gamma[c];
                    }
                }
                Tensor xs = view(ops, x, rows, columns, random);
                Tensor ys = view(ops, new float[x.length], rows, columns, random);
                Tensor gs = tensor(ops, gamma, 1, size);
                ops.rmsNorm(xs, gs, 1e-6f, ys);
                float[] y = read(ops, ys);
                assertClose(expected, y, 1e-6, 1e-5, "seed " + seed);
                ops.rmsNorm(xs, gs, 1e-6f, xs);
                assertArrayEquals(y, read(ops, xs), "in place");
            }
        }
    }

    @Test
    default void ropeTurnsHalvesOfEachHeadByItsTokensAngles() {
        try (Ops ops = backend().ops()) {
            for (int seed = 0; seed < SEEDS; seed++) {
                Random random = new Random(seed);
                int tokens = 1 + random.nextInt(20);
                int heads = 1 + random.nextInt(5);
                int half = 1 + random.nextInt(70);
                int headSize = 2 * half + (random.nextBoolean() ? 0 : random.nextInt(9));
                int columns = heads * headSize;
                int positions = 30;
                float[] x = random(random, tokens * columns);
                float[] cos = random(random, positions * half);
                float[] sin = random(random, positions * half);
                int[] rows = random.ints(tokens, 0, positions).toArray();
                double[] expected = new double[x.length];
                for (int t = 0; t < tokens; t++) {
                    for (int c = 0; c < columns; c++) {
                        int at = t * columns + c;
                        int i = c % headSize;
                        if (i >= 2 * half) {
                            expected[at] = x[at];
                            continue;
                        }
                        int angle = rows[t] * half + i % half;
                        double partner = i < half ? -x[at + half] : x[at - half];
                        expected[at] = (double) x[at] * cos[angle] + partner * sin[angle];
                    }
                }
                Tensor at = backend().allocate(ElementType.I32, 1, tokens);
                ops.upload(rows, 0, at);
                Tensor xs = view(ops, x, tokens, columns, random);
                Tensor ys = view(ops, new float[x.length], tokens, columns, random);
                Tensor c = tensor(ops, cos, positions, half);
                Tensor s = tensor(ops, sin, positions, half);
                ops.rope(xs, at, c, s, headSize, ys);
                float[] y = read(ops, ys);
                assertClose(expected, y, 2e-6, 1e-6, "seed " + seed);
                ops.rope(xs, at, c, s, headSize, xs);
                assertArrayEquals(y, read(ops, xs), "in place");
            }
        }
    }

    @Test
    default void gatesProductsScalesAndCapsWorkElementByElement() {
        Random random = new Random(17);
        for (int columns : new int[] {1, 15, 16, 17, 384, 1001}) {
            int rows = 1 + random.nextInt(30);
            float[] a = random(random, rows * columns);
            float[] b = random(random, rows * columns);
            double[] product = new double[a.length];
            double[] scaled = new double[a.length];
            double[] capped = new double[a.length];
            for (int i = 0; i < a.length; i++) {
                a[i] *= 3;
                product[i] = (double) a[i] * b[i];
                scaled[i] = (double) a[i] * 0.37f;
                capped[i] = 2.5 * Math.tanh(a[i] / 2.5);
            }
            compare(random, a, b, rows, columns, product, (ops, x) -> ops.multiply(x[0], x[1], x[2]));
            compare(random, a, b, rows, columns, scaled, (ops, x) -> ops.scale(x[0], 0.37f, x[2]));
            compare(random, a, b, rows, columns, capped, (ops, x) -> ops.softCap(x[0], 2.5f, x[2]));
            compare(random, a, b, rows, columns, product, (ops, x) -> {
                ops.copy(x[0], x[2]);
                ops.multiply(x[2], x[1], x[2]);
            });
            for (Activation activation : Activation.values()) {
                double[] gated = new double[a.length];
                for (int i = 0; i < a.length; i++) {
                    gated[i] = Reference.apply(activation, a[i]) * b[i];
                }
                compare(random, a, b, rows, columns, gated, (ops, x) -> ops.gate(x[0], x[1], activation, x[2]));
                compare(random, a, b, rows, columns, gated, (ops, x) -> {
                    ops.gate(x[0], x[1], activation, x[0]);
                    ops.copy(x[0], x[2]);
                });
            }
        }
    }

    private void compare(
            Random random,
            float[] a,
            float[] b,
            int rows,
            int columns,
            double[] expected,
            BiConsumer<Ops, Tensor[]> operation) {
        try (Ops ops = backend().ops()) {
            Tensor y = view(ops, new float[a.length], rows, columns, random);
            operation.accept(
                    ops, new Tensor[] {view(ops, a, rows, columns, random), view(ops, b, rows, columns, random), y});
            assertClose(expected, read(ops, y), 3e-6, 3e-6, rows + " rows, " + columns + " columns");
        }
    }

    @Test
    default void scaledRowsAreAddedWhereTheyBelongInTheirOrder() {
        Random random = new Random(23);
        int tokens = 40;
        int columns = 131;
        int[] rows = {3, 39, 3, 0, 17, 3};
        float[] x = random(random, rows.length * columns);
        float[] scales = random(random, rows.length);
        float[] start = random(random, tokens * columns);
        double[] expected = new double[start.length];
        for (int i = 0; i < start.length; i++) {
            expected[i] = start[i];
        }
        for (int t = 0; t < rows.length; t++) {
            for (int c = 0; c < columns; c++) {
                expected[rows[t] * columns + c] += (double) scales[t] * x[t * columns + c];
            }
        }
        try (Ops ops = backend().ops()) {
            Tensor at = backend().allocate(ElementType.I32, 1, rows.length);
            ops.upload(rows, 0, at);
            Tensor y = view(ops, start, tokens, columns, random);
            ops.addScaledRows(view(ops, x, rows.length, columns, random), at, tensor(ops, scales, 1, rows.length), y);
            assertClose(expected, read(ops, y), 1e-6, 2e-6, "scaled rows");
        }
    }

    @Test
    default void rowsAreCopiedWithinATensorAndWholeNumbersToo() {
        try (Ops ops = backend().ops()) {
            Tensor x = tensor(ops, new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
            ops.copy(x.rows(0, 1), x.rows(2, 3));
            assertArrayEquals(new float[] {1, 2, 3, 4, 1, 2}, read(ops, x));
            Tensor ids = backend().allocate(ElementType.I32, 1, 2);
            Tensor others = backend().allocate(ElementType.I32, 1, 2);
            ops.upload(new int[] {2, 0}, 0, ids);
            ops.copy(ids, others);
            Tensor y = backend().allocate(ElementType.F32, 2, 2);
            ops.embedding(x, others, false, y);
            assertArrayEquals(new float[] {1, 2, 1, 2}, read(ops, y));
            assertThrows(IllegalArgumentException.class, () -> ops.copy(ids, x));
            assertThrows(IllegalArgumentException.class, () -> ops.copy(x.rows(0, 2), x.rows(1, 3)));
        }
    }

    @Test
    default void aRowOutsideItsTableSurfacesAtTheNextWait() {
        for (int row : new int[] {-1, 4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            Tensor x = backend().allocate(ElementType.F32, 2, 4);
            Tensor table = backend().allocate(ElementType.F32, 4, 2);
            Tensor four = backend().allocate(ElementType.F32, 4, 4);
            Tensor scales = backend().allocate(ElementType.F32, 1, 2);
            Tensor rows = backend().allocate(ElementType.I32, 1, 2);
            surfaces("rope", rows, row, ops -> ops.rope(x, rows, table, table, 4, x));
            surfaces("store", rows, row, ops -> ops.store(x, rows, four));
            surfaces("addScaledRows", rows, row, ops -> ops.addScaledRows(x, rows, scales, four));
        }
    }

    private void surfaces(String operation, Tensor rows, int row, java.util.function.Consumer<Ops> call) {
        Ops ops = backend().ops();
        ops.upload(new int[] {0, row}, 0, rows);
        call.accept(ops);
        BackendException failure = assertThrows(BackendException.class, ops::finish);
        assertTrue(failure.getMessage().contains(operation), failure.getMessage());
    }

    @Test
    default void decoderOperationsRefuseWhatDoesNotFit() {
        Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        try (Ops ops = backend().ops()) {
            Tensor a = backend().allocate(ElementType.F32, 4, 6);
            Tensor b = backend().allocate(ElementType.F32, 4, 5);
            Tensor four = backend().allocate(ElementType.F32, 1, 4);
            Tensor ids = backend().allocate(ElementType.I32, 1, 4);
            assertThrows(refused, () -> ops.rmsNorm(a, four, 1e-5f, a));
            assertThrows(refused, () -> ops.rmsNorm(a, a, 1e-5f, a));
            assertThrows(refused, () -> ops.rope(a, ids, b, b, 6, a));
            assertThrows(refused, () -> ops.rope(a, four, b.columns(0, 3), b.columns(2, 5), 6, a));
            assertThrows(refused, () -> ops.rope(a, ids, b.columns(0, 3), b.columns(2, 5), 4, a));
            assertThrows(refused, () -> ops.multiply(a, b, a));
            assertThrows(refused, () -> ops.gate(a, b, Activation.SILU, a));
            Tensor other = backend().allocate(ElementType.F32, 4, 6);
            assertThrows(refused, () -> ops.gate(a, other, Activation.SILU, other));
            assertThrows(refused, () -> ops.softCap(a, 0, a));
            assertThrows(refused, () -> ops.softCap(a, Float.NaN, a));
            assertThrows(refused, () -> ops.scale(a, 2, b));
            assertThrows(refused, () -> ops.store(a, ids, b));
            assertThrows(refused, () -> ops.store(a, ids, a));
            assertThrows(refused, () -> ops.addScaledRows(a, ids, four, a));
            assertThrows(refused, () -> ops.addScaledRows(a, ids, four, b));
        }
    }
}
