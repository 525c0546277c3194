package org.candor.api.compute;

import static org.candor.api.compute.Contract.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Ops#cachedAttention} and the cache it reads. */
interface CachedAttentionContract extends Contract {

    /** One sequence in a cache, and what its attention is compared with. */
    record Cached(int queries, int position, int keys) {}

    /** A random cache whose sequences have their blocks in random order among others'. */
    final class Paged {
        final int blockSize;
        final int slots;
        final CachedSequences sequences;

        Paged(Random random, int blockSize, List<Cached> batch) {
            this.blockSize = blockSize;
            int needed = 0;
            for (Cached one : batch) {
                needed += Math.ceilDiv(one.keys(), blockSize);
            }
            List<Integer> free = new ArrayList<>();
            for (int i = 0; i < needed + 3; i++) {
                free.add(i);
            }
            java.util.Collections.shuffle(free, random);
            List<CachedSequences.Entry> entries = new ArrayList<>();
            for (Cached one : batch) {
                int[] blocks = new int[Math.ceilDiv(one.keys(), blockSize)];
                for (int b = 0; b < blocks.length; b++) {
                    blocks[b] = free.removeLast();
                }
                entries.add(new CachedSequences.Entry(one.queries(), one.position(), one.keys(), blocks));
            }
            slots = (needed + 3) * blockSize;
            sequences = CachedSequences.of(blockSize, entries);
        }
    }

    /** Attention straight from its definition. */
    static double[] attention(
            float[] q, float[] keys, float[] values, CachedSequences sequences, AttentionShape shape, float[] bias) {
        int size = shape.headSize();
        int keyColumns = shape.keyValueHeads() * size;
        int columns = shape.heads() * size;
        int reach = bias == null ? 0 : bias.length / shape.heads() / 2;
        double[] y = new double[sequences.tokens() * columns];
        for (int i = 0; i < sequences.count(); i++) {
            for (int t = 0; t < sequences.queries(i); t++) {
                int position = sequences.position(i) + t;
                int row = sequences.start(i) + t;
                for (int head = 0; head < shape.heads(); head++) {
                    double[] scores = new double[sequences.keys(i)];
                    for (int key = 0; key < scores.length; key++) {
                        boolean hidden = shape.causal()
                                && (key > position || shape.window() > 0 && key <= position - shape.window());
                        if (hidden) {
                            scores[key] = Double.NEGATIVE_INFINITY;
                            continue;
                        }
                        int keyAt = sequences.slot(i, key) * keyColumns + head / shape.group() * size;
                        for (int d = 0; d < size; d++) {
                            scores[key] += (double) q[row * columns + head * size + d] * keys[keyAt + d];
                        }
                        scores[key] *= shape.scale();
                        if (shape.softCap() > 0) {
                            scores[key] = shape.softCap() * Math.tanh(scores[key] / shape.softCap());
                        }
                        if (bias != null) {
                            int distance = Math.max(-reach, Math.min(reach, key - position));
                            scores[key] += bias[head * (2 * reach + 1) + reach + distance];
                        }
                    }
                    double[] weights = Reference.softmax(scores);
                    for (int key = 0; key < weights.length; key++) {
                        int valueAt = sequences.slot(i, key) * keyColumns + head / shape.group() * size;
                        for (int d = 0; d < size; d++) {
                            y[row * columns + head * size + d] += weights[key] * values[valueAt + d];
                        }
                    }
                }
            }
        }
        return y;
    }

    /** Numbers for a cache; those in slots that hold no key are NaN. */
    private float[] cache(Random random, Paged paged, int columns) {
        float[] cache = new float[paged.slots * columns];
        Arrays.fill(cache, Float.NaN);
        for (int i = 0; i < paged.sequences.count(); i++) {
            for (int key = 0; key < paged.sequences.keys(i); key++) {
                int at = paged.sequences.slot(i, key) * columns;
                for (int c = 0; c < columns; c++) {
                    cache[at + c] = (float) random.nextGaussian();
                }
            }
        }
        return cache;
    }

    @Test
    default void cachedAttentionFollowsItsDefinitionForEveryShape() {
        List<AttentionShape> shapes = List.of(
                AttentionShape.causal(4, 4, 16, 0.25f),
                AttentionShape.causal(8, 2, 8, 0.35f),
                AttentionShape.causal(6, 1, 80, 0.11f),
                AttentionShape.causal(1, 1, 1, 1),
                new AttentionShape(4, 2, 32, 0.2f, true, 8, 0),
                new AttentionShape(4, 2, 12, 0.2f, true, 1, 0),
                new AttentionShape(4, 2, 24, 0.5f, true, 40, 3),
                new AttentionShape(3, 3, 20, 0.4f, false, 0, 5),
                new AttentionShape(4, 4, 64, 0.3f, false, 0, 0));
        for (AttentionShape shape : shapes) {
            for (int seed = 0; seed < 4; seed++) {
                Random random = new Random(seed);
                List<Cached> batch = new ArrayList<>();
                for (int i = 0; i < 1 + random.nextInt(4); i++) {
                    int queries = random.nextBoolean() ? 1 : 1 + random.nextInt(70);
                    int position = random.nextInt(90);
                    int keys = shape.causal() ? position + queries : 1 + random.nextInt(120);
                    batch.add(new Cached(queries, position, keys));
                }
                Paged paged = new Paged(random, new int[] {1, 4, 16, 7}[seed], batch);
                int keyColumns = shape.keyValueHeads() * shape.headSize();
                int columns = shape.heads() * shape.headSize();
                int tokens = paged.sequences.tokens();
                float[] q = random(random, tokens * columns);
                float[] keys = cache(random, paged, keyColumns);
                float[] values = cache(random, paged, keyColumns);
                for (float[] bias : new float[][] {null, random(random, shape.heads() * 21)}) {
                    String what = shape + ", seed " + seed + (bias == null ? "" : " with bias");
                    double[] expected = attention(q, keys, values, paged.sequences, shape, bias);
                    try (Ops ops = backend().ops()) {
                        Tensor y = backend().allocate(ElementType.F32, tokens, columns);
                        Tensor k = tensor(ops, keys, paged.slots, keyColumns);
                        Tensor v = tensor(ops, values, paged.slots, keyColumns);
                        Tensor b = bias == null ? null : tensor(ops, bias, shape.heads(), 21);
                        ops.cachedAttention(tensor(ops, q, tokens, columns), k, v, paged.sequences, shape, b, y);
                        float[] dense = read(ops, y);
                        assertClose(expected, dense, 3e-6, 2e-5, what);
                        Tensor qView = view(ops, q, tokens, columns, random);
                        Tensor kView = view(ops, keys, paged.slots, keyColumns, random);
                        Tensor vView = view(ops, values, paged.slots, keyColumns, random);
                        Tensor yView = view(ops, new float[q.length], tokens, columns, random);
                        ops.cachedAttention(qView, kView, vView, paged.sequences, shape, b, yView);
                        assertArrayEquals(dense, read(ops, yView), what + ": a view changes the result");
                    }
                }
            }
        }
    }

    /** What a cache of a type holds of numbers, a row of heads after the other. */
    static float[] rounded(float[] x, CacheType type, int headSize) {
        float[] y = x.clone();
        for (int head = 0; head < x.length; head += headSize) {
            float largest = 0;
            for (int i = head; i < head + headSize; i++) {
                largest = Math.max(largest, Math.abs(x[i]));
            }
            float scale = largest / 127;
            for (int i = head; i < head + headSize; i++) {
                y[i] = switch (type) {
                    case F32 -> x[i];
                    // Of the two neighbours the nearer; of equally near ones that with an even last bit.
                    case BF16 -> {
                        int bits = Float.floatToRawIntBits(x[i]) & 0xffff0000;
                        float below = Float.intBitsToFloat(bits);
                        float above = Float.intBitsToFloat(bits + 0x10000);
                        float nearer = Math.abs(x[i] - below) - Math.abs(above - x[i]);
                        yield nearer < 0 || nearer == 0 && (bits & 0x10000) == 0 ? below : above;
                    }
                    case INT8 -> scale == 0 ? 0 : scale * (float) Math.rint((double) x[i] / scale);
                };
            }
        }
        return y;
    }

    /** A cache with these numbers. */
    private CacheTensor cached(Ops ops, float[] x, CacheType type, int slots, int heads, int headSize) {
        CacheTensor cache = CacheTensor.allocate(backend(), type, slots, heads, headSize);
        Tensor all = backend().allocate(ElementType.I32, 1, slots);
        ops.upload(IntStream.range(0, slots).toArray(), 0, all);
        ops.store(tensor(ops, x, slots, heads * headSize), all, cache);
        return cache;
    }

    @ParameterizedTest
    @EnumSource(CacheType.class)
    default void attentionReadsWhatTheCacheRoundedAndNothingElse(CacheType type) {
        for (AttentionShape shape : List.of(
                AttentionShape.causal(8, 2, 64, 0.125f),
                AttentionShape.causal(6, 1, 13, 0.3f),
                new AttentionShape(4, 2, 24, 0.5f, true, 9, 3),
                new AttentionShape(3, 3, 20, 0.4f, false, 0, 0))) {
            for (int queries : new int[] {1, 3, 50}) {
                Random random = new Random(queries + shape.headSize());
                Paged paged = new Paged(random, 4, List.of(new Cached(queries, 70, 70 + queries), new Cached(2, 1, 3)));
                int keyColumns = shape.keyValueHeads() * shape.headSize();
                int columns = shape.heads() * shape.headSize();
                int tokens = paged.sequences.tokens();
                float[] q = random(random, tokens * columns);
                float[] keys = cache(random, paged, keyColumns);
                float[] values = cache(random, paged, keyColumns);
                float[] bias = random(random, shape.heads() * 21);
                double[] expected = attention(
                        q,
                        rounded(keys, type, shape.headSize()),
                        rounded(values, type, shape.headSize()),
                        paged.sequences,
                        shape,
                        bias);
                try (Ops ops = backend().ops();
                        CacheTensor k = cached(ops, keys, type, paged.slots, shape.keyValueHeads(), shape.headSize());
                        CacheTensor v =
                                cached(ops, values, type, paged.slots, shape.keyValueHeads(), shape.headSize())) {
                    Tensor y = backend().allocate(ElementType.F32, tokens, columns);
                    Tensor b = tensor(ops, bias, shape.heads(), 21);
                    ops.cachedAttention(tensor(ops, q, tokens, columns), k, v, paged.sequences, shape, b, y);
                    assertClose(expected, read(ops, y), 3e-6, 2e-5, type + ", " + shape + ", " + queries);
                }
            }
        }
    }

    /** A query that sees one key gets its value, bit for bit. */
    @ParameterizedTest
    @EnumSource(CacheType.class)
    default void whatIsStoredIsRoundedToTheTypeAndCopiedAsItIs(CacheType type) {
        int heads = 3;
        int size = 20;
        Random random = new Random(8);
        float[] x = random(random, 4 * heads * size);
        for (int i = 0; i < x.length; i++) {
            x[i] *= (float) Math.exp(random.nextGaussian());
        }
        Arrays.fill(x, size, 2 * size, 0);
        AttentionShape shape = new AttentionShape(heads, heads, size, 1, true, 1, 0);
        try (Ops ops = backend().ops();
                CacheTensor cache = cached(ops, x, type, 4, heads, size);
                CacheTensor other = CacheTensor.allocate(backend(), type, 8, heads, size)) {
            ops.copy(cache.elements(), other.rows(4, 8).elements());
            if (type == CacheType.INT8) {
                ops.copy(cache.scales(), other.rows(4, 8).scales());
            }
            CachedSequences one = CachedSequences.of(4, List.of(new CachedSequences.Entry(4, 0, 4, new int[] {1})));
            Tensor q = tensor(ops, random(random, x.length), 4, heads * size);
            Tensor y = backend().allocate(ElementType.F32, 4, heads * size);
            ops.cachedAttention(q, other, other, one, shape, null, y);
            assertArrayEquals(rounded(x, type, size), read(ops, y), 0f);
            assertEquals(4 * type.bytes(heads, size), cache.bytes());
        }
    }

    @ParameterizedTest
    @EnumSource(CacheType.class)
    default void aTokensAttentionHasTheSameBytesInEveryBatchPassAndBlock(CacheType type) {
        for (AttentionShape shape :
                List.of(AttentionShape.causal(8, 2, 40, 0.2f), new AttentionShape(6, 3, 16, 0.3f, true, 11, 4f))) {
            Random random = new Random(shape.heads());
            int length = 150;
            int keyColumns = shape.keyValueHeads() * shape.headSize();
            int columns = shape.heads() * shape.headSize();
            float[] q = random(random, length * columns);
            float[] k = random(random, length * keyColumns);
            float[] v = random(random, length * keyColumns);
            try (Ops ops = backend().ops()) {
                float[] whole = inPasses(ops, random, type, shape, q, k, v, length, 16, 0, length);
                for (int[] passes : new int[][] {
                    {0, 16, 32, 48, 64, 150}, {0, 1, 2, 3, 70, 71, 150}, {0, 149, 150}, {0, 7, 61, 122, 150}
                }) {
                    for (int blockSize : new int[] {1, 16, 5}) {
                        assertArrayEquals(
                                whole,
                                inPasses(ops, random, type, shape, q, k, v, length, blockSize, passes),
                                shape + " in passes " + Arrays.toString(passes) + " and blocks of " + blockSize);
                    }
                }
            }
        }
    }

    /** The attention of one sequence, pass by pass, each in a batch with a sequence of other content. */
    private float[] inPasses(
            Ops ops,
            Random random,
            CacheType type,
            AttentionShape shape,
            float[] q,
            float[] k,
            float[] v,
            int length,
            int blockSize,
            int... passes) {
        int keyColumns = shape.keyValueHeads() * shape.headSize();
        int columns = shape.heads() * shape.headSize();
        float[] y = new float[q.length];
        Paged paged = new Paged(random, blockSize, List.of(new Cached(3, 30, 33), new Cached(length, 0, length)));
        CacheTensor keys = cached(
                ops, cache(random, paged, keyColumns), type, paged.slots, shape.keyValueHeads(), shape.headSize());
        CacheTensor values = cached(
                ops, cache(random, paged, keyColumns), type, paged.slots, shape.keyValueHeads(), shape.headSize());
        int[] slots = new int[length];
        for (int p = 0; p < length; p++) {
            slots[p] = paged.sequences.slot(1, p);
        }
        for (int pass = 0; pass + 1 < passes.length; pass++) {
            int from = passes[pass];
            int count = passes[pass + 1] - from;
            Tensor at = backend().allocate(ElementType.I32, 1, count);
            ops.upload(Arrays.copyOfRange(slots, from, from + count), 0, at);
            ops.store(rows(ops, k, keyColumns, from, count), at, keys);
            ops.store(rows(ops, v, keyColumns, from, count), at, values);
            boolean alone = random.nextBoolean();
            CachedSequences.Entry other = entry(paged.sequences, 0, 3, 30, 33);
            CachedSequences.Entry one = entry(paged.sequences, 1, count, from, from + count);
            CachedSequences batch = CachedSequences.of(blockSize, alone ? List.of(one) : List.of(other, one));
            int skipped = alone ? 0 : 3;
            Tensor qs = backend().allocate(ElementType.F32, skipped + count, columns);
            ops.upload(q, from * columns, qs.rows(skipped, skipped + count));
            Tensor ys = backend().allocate(ElementType.F32, skipped + count, columns);
            ops.cachedAttention(qs, keys, values, batch, shape, null, ys);
            ops.read(ys.rows(skipped, skipped + count), y, from * columns);
        }
        return y;
    }

    private Tensor rows(Ops ops, float[] elements, int columns, int from, int count) {
        return tensor(ops, Arrays.copyOfRange(elements, from * columns, (from + count) * columns), count, columns);
    }

    private static CachedSequences.Entry entry(CachedSequences all, int i, int queries, int position, int keys) {
        int[] blocks = new int[all.blocks(i)];
        for (int b = 0; b < blocks.length; b++) {
            blocks[b] = all.block(i, b);
        }
        return new CachedSequences.Entry(queries, position, keys, blocks);
    }

    @Test
    default void withoutACacheWholeSequencesAttendAsAttentionDoes() {
        Random random = new Random(5);
        Sequences sequences = Sequences.ofLengths(3, 20, 1);
        int columns = 48;
        float[] x = random(random, 3 * sequences.tokens() * columns);
        try (Ops ops = backend().ops()) {
            Tensor joint = tensor(ops, x, sequences.tokens(), 3 * columns);
            Tensor q = joint.columns(0, columns);
            Tensor k = joint.columns(columns, 2 * columns);
            Tensor v = joint.columns(2 * columns, 3 * columns);
            Tensor expected = backend().allocate(ElementType.F32, sequences.tokens(), columns);
            Tensor actual = backend().allocate(ElementType.F32, sequences.tokens(), columns);
            ops.attention(q, k, v, sequences, 4, 0.3f, expected);
            AttentionShape shape = new AttentionShape(4, 4, 12, 0.3f, false, 0, 0);
            ops.cachedAttention(q, k, v, CachedSequences.whole(sequences), shape, null, actual);
            assertArrayEquals(read(ops, expected), read(ops, actual), 1e-6f);
        }
    }

    @Test
    default void aStoredRowLiesInItsSlotAndNowhereElse() {
        Random random = new Random(3);
        try (Ops ops = backend().ops()) {
            float[] x = random(random, 5 * 33);
            float[] before = random(random, 12 * 33);
            int[] slots = {7, 0, 11, 3, 4};
            Tensor at = backend().allocate(ElementType.I32, 1, 5);
            ops.upload(slots, 0, at);
            Tensor cache = view(ops, before, 12, 33, random);
            ops.store(view(ops, x, 5, 33, random), at, cache);
            for (int t = 0; t < 5; t++) {
                System.arraycopy(x, t * 33, before, slots[t] * 33, 33);
            }
            assertArrayEquals(before, read(ops, cache));
        }
    }

    @Test
    default void cachedAttentionRefusesWhatDoesNotFit() {
        Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        AttentionShape shape = AttentionShape.causal(2, 1, 4, 1);
        CachedSequences two = CachedSequences.of(4, List.of(new CachedSequences.Entry(2, 0, 2, new int[] {1})));
        try (Ops ops = backend().ops()) {
            Tensor q = backend().allocate(ElementType.F32, 2, 8);
            Tensor y = backend().allocate(ElementType.F32, 2, 8);
            Tensor cache = backend().allocate(ElementType.F32, 8, 4);
            Tensor values = backend().allocate(ElementType.F32, 8, 4);
            ops.cachedAttention(q, cache, values, two, shape, null, y);
            Tensor small = cache.rows(0, 5);
            assertThrows(refused, () -> ops.cachedAttention(q, small, values.rows(0, 5), two, shape, null, y));
            assertThrows(refused, () -> ops.cachedAttention(q, cache, small, two, shape, null, y));
            assertThrows(refused, () -> ops.cachedAttention(q, cache, values, two, shape, null, q));
            assertThrows(refused, () -> ops.cachedAttention(q, cache, values, two, shape, y, y));
            assertThrows(
                    refused,
                    () -> ops.cachedAttention(q, cache, values, two, AttentionShape.causal(1, 1, 4, 1), null, y));
            CacheTensor eight = CacheTensor.allocate(backend(), CacheType.INT8, 8, 1, 4);
            CacheTensor half = CacheTensor.allocate(backend(), CacheType.BF16, 8, 1, 4);
            assertThrows(refused, () -> ops.cachedAttention(q, eight, half, two, shape, null, y));
            CacheTensor split = CacheTensor.allocate(backend(), CacheType.INT8, 8, 2, 2);
            assertThrows(refused, () -> ops.cachedAttention(q, split, split, two, shape, null, y));
            assertThrows(refused, () -> CacheTensor.of(eight.elements()));
            assertThrows(refused, () -> new CacheTensor(half.elements(), eight.scales()));
            CachedSequences ahead = CachedSequences.of(4, List.of(new CachedSequences.Entry(2, 1, 2, new int[] {1})));
            assertThrows(refused, () -> ops.cachedAttention(q, cache, values, ahead, shape, null, y));
        }
        assertThrows(refused, () -> AttentionShape.causal(3, 2, 4, 1));
        assertThrows(refused, () -> new AttentionShape(2, 2, 4, 1, false, 3, 0));
        assertThrows(refused, () -> new AttentionShape(2, 2, 4, 1, true, 0, -1));
        assertThrows(refused, () -> CachedSequences.of(4, List.of()));
        assertThrows(refused, () -> CachedSequences.of(4, List.of(new CachedSequences.Entry(1, 4, 5, new int[] {0}))));
        assertEquals(
                9,
                CachedSequences.of(4, List.of(new CachedSequences.Entry(1, 5, 6, new int[] {7, 2})))
                        .slot(0, 5));
    }
}
