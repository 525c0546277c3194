package org.candor.api.compute;

import static org.candor.api.compute.Contract.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Operations that look across the rows of a sequence. */
interface AttentionContract extends Contract {

    /** Heads, their size, then the lengths of the sequences. */
    int[][] ATTENTIONS = {
        {12, 32, 16},
        {2, 32, 128, 1, 70},
        {1, 64, 65},
        {3, 64, 7, 64, 130},
        {4, 12, 33, 2},
        {2, 5, 3},
        {1, 80, 20},
        {2, 128, 40},
        {1, 1, 9},
        {2, 32, 1, 1, 1}
    };

    @Test
    default void attentionIsSoftmaxOfScoresTimesValues() {
        try (Ops ops = backend().ops()) {
            for (int[] shape : ATTENTIONS) {
                Random random = new Random(shape[0] * 31 + shape[1]);
                int heads = shape[0];
                int columns = heads * shape[1];
                Sequences sequences = Sequences.ofLengths(Arrays.copyOfRange(shape, 2, shape.length));
                int tokens = sequences.tokens();
                float[] q = random(random, tokens * columns);
                float[] k = random(random, tokens * columns);
                float[] v = random(random, tokens * columns);
                float scale = (float) (1 / Math.sqrt(shape[1]));
                String what = Arrays.toString(shape);
                double[] expected = Reference.attention(q, k, v, columns, sequences, heads, scale);

                Tensor ys = backend().allocate(ElementType.F32, tokens, columns);
                ops.attention(
                        tensor(ops, q, tokens, columns),
                        tensor(ops, k, tokens, columns),
                        tensor(ops, v, tokens, columns),
                        sequences,
                        heads,
                        scale,
                        ys);
                float[] y = read(ops, ys);
                assertClose(expected, y, 2e-6, 1e-5, what);

                Tensor joint = backend().allocate(ElementType.F32, tokens, 3 * columns);
                ops.upload(q, 0, joint.columns(0, columns));
                ops.upload(k, 0, joint.columns(columns, 2 * columns));
                ops.upload(v, 0, joint.columns(2 * columns, 3 * columns));
                Tensor yView = view(ops, new float[tokens * columns], tokens, columns, random);
                ops.attention(
                        joint.columns(0, columns),
                        joint.columns(columns, 2 * columns),
                        joint.columns(2 * columns, 3 * columns),
                        sequences,
                        heads,
                        scale,
                        yView);
                assertArrayEquals(y, read(ops, yView), what + ": a view changes the result");
            }
        }
    }

    @Test
    default void largeScoresDoNotOverflow() {
        try (Ops ops = backend().ops()) {
            float[] x = new float[20 * 32];
            Random random = new Random(2);
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextGaussian() * 40;
            }
            Sequences sequences = Sequences.ofLengths(20);
            Tensor xs = tensor(ops, x, 20, 32);
            Tensor ys = backend().allocate(ElementType.F32, 20, 32);
            ops.attention(xs, xs, xs, sequences, 1, 1, ys);
            assertClose(Reference.attention(x, x, x, 32, sequences, 1, 1), read(ops, ys), 1e-3, 1e-4, "large scores");
        }
    }

    @Test
    default void aSequenceAttendsOnlyToItself() {
        Random random = new Random(21);
        int columns = 64;
        int[] lengths = {3, 50, 129, 1, 17};
        Sequences all = Sequences.ofLengths(lengths);
        float[] x = random(random, all.tokens() * columns);
        try (Ops ops = backend().ops()) {
            Tensor xs = tensor(ops, x, all.tokens(), columns);
            Tensor ys = backend().allocate(ElementType.F32, all.tokens(), columns);
            ops.attention(xs, xs, xs, all, 2, 0.2f, ys);
            for (int s = 0; s < lengths.length; s++) {
                Tensor one = xs.rows(all.start(s), all.start(s + 1));
                Tensor y = backend().allocate(ElementType.F32, lengths[s], columns);
                ops.attention(one, one, one, Sequences.ofLengths(lengths[s]), 2, 0.2f, y);
                assertArrayEquals(
                        read(ops, y), read(ops, ys.rows(all.start(s), all.start(s + 1))), "sequence " + s + " alone");
            }
        }
    }

    @Test
    default void attentionWeightsAreThoseThatAttentionUses() {
        Random random = new Random(9);
        int heads = 3;
        int headSize = 8;
        int columns = heads * headSize;
        Sequences sequences = Sequences.ofLengths(5, 21, 2);
        float[] q = random(random, sequences.tokens() * columns);
        float[] k = random(random, sequences.tokens() * columns);
        try (Ops ops = backend().ops()) {
            Tensor qs = tensor(ops, q, sequences.tokens(), columns);
            Tensor ks = tensor(ops, k, sequences.tokens(), columns);
            for (int s = 0; s < sequences.count(); s++) {
                int length = sequences.length(s);
                Tensor ys = backend().allocate(ElementType.F32, heads * length, length);
                ops.attentionWeights(qs, ks, sequences, s, heads, 0.35f, ys);
                float[] y = read(ops, ys);
                for (int row = 0; row < heads * length; row++) {
                    double[] expected = Reference.attentionWeights(
                            q, k, columns, sequences, s, row % length, row / length, headSize, 0.35f);
                    assertClose(
                            expected,
                            Arrays.copyOfRange(y, row * length, (row + 1) * length),
                            1e-7,
                            1e-5,
                            "row " + row);
                }
            }
        }
    }

    @Test
    default void poolingTakesTheFirstTokenOrTheMean() {
        Random random = new Random(14);
        Sequences sequences = Sequences.ofLengths(1, 40, 7, 200);
        for (int columns : new int[] {1, 48, 384, 391}) {
            float[] x = random(random, sequences.tokens() * columns);
            double[] first = new double[sequences.count() * columns];
            double[] mean = new double[sequences.count() * columns];
            for (int s = 0; s < sequences.count(); s++) {
                for (int c = 0; c < columns; c++) {
                    first[s * columns + c] = x[sequences.start(s) * columns + c];
                    for (int t = sequences.start(s); t < sequences.start(s + 1); t++) {
                        mean[s * columns + c] += (double) x[t * columns + c] / sequences.length(s);
                    }
                }
            }
            try (Ops ops = backend().ops()) {
                Tensor xs = view(ops, x, sequences.tokens(), columns, random);
                Tensor ys = view(ops, new float[first.length], sequences.count(), columns, random);
                ops.pool(xs, sequences, Pooling.FIRST, ys);
                assertClose(first, read(ops, ys), 0, 0, "first");
                ops.pool(xs, sequences, Pooling.MEAN, ys);
                assertClose(mean, read(ops, ys), 1e-6, 1e-6, "mean");
            }
        }
    }

    @Test
    default void sequenceOperationsRefuseWhatDoesNotFit() {
        try (Ops ops = backend().ops()) {
            Tensor x = backend().allocate(ElementType.F32, 6, 8);
            Tensor y = backend().allocate(ElementType.F32, 6, 8);
            Sequences six = Sequences.ofLengths(4, 2);
            Sequences five = Sequences.ofLengths(5);
            Class<IllegalArgumentException> refused = IllegalArgumentException.class;
            assertThrows(refused, () -> ops.attention(x, x, x, five, 2, 1, y));
            assertThrows(refused, () -> ops.attention(x, x, x, six, 3, 1, y));
            assertThrows(refused, () -> ops.attention(x, x, x, six, 0, 1, y));
            assertThrows(refused, () -> ops.attention(x, x, x, six, 2, 1, x));
            assertThrows(refused, () -> ops.attention(x, y, x, six, 2, 1, y));
            assertThrows(refused, () -> ops.pool(x, six, Pooling.MEAN, y));
            assertThrows(refused, () -> ops.attentionWeights(x, x, six, 2, 2, 1, y));
            assertThrows(refused, () -> Sequences.ofLengths());
            assertThrows(refused, () -> Sequences.ofLengths(3, 0));
            assertEquals(4, six.longest());
        }
    }
}
