package org.candor.compute.cpu.internal;

import java.util.Arrays;
import org.candor.api.compute.Activation;
import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.CachedSequences;
import org.candor.api.compute.ElementType;

/**
 * Attention over cached keys of one head, for all query heads that share it. A query head at a query is a row; rows go
 * through the tiles together, each over the keys that any of them sees. What a row does not see has the weight 0, which
 * leaves its sums as they are, so a row's bytes do not depend on the rows beside it.
 */
record VectorCachedAttention(
        InnerLoops loops,
        int widest,
        CachedSequences sequences,
        int sequence,
        AttentionShape shape,
        int head,
        CpuTensor bias,
        Scratch scratch) {

    /** Writes the results of the queries [from, to) of the sequence. */
    void attend(CpuTensor q, CpuCache keys, CpuCache values, CpuTensor y, int from, int to) {
        int size = shape.headSize();
        int group = shape.group();
        int base = shape.firstKey(position(from));
        int end = shape.endKey(position(to - 1), sequences.keys(sequence));
        PackedHead packed = packed(keys, values, base, end);
        float[] queries = scratch.floats(Scratch.Purpose.QUERIES, CachedAttentionPlan.BLOCK * size);
        float[] results = scratch.floats(Scratch.Purpose.RESULTS, CachedAttentionPlan.BLOCK * size);
        float[] scores = scratch.floats(Scratch.Purpose.SCORES, CachedAttentionPlan.BLOCK * packed.scoreStride());
        float[] sums = new float[CachedAttentionPlan.BLOCK];
        float[] sum = new float[1];
        int last = to * group;
        for (int row = from * group; row < last; row += CachedAttentionPlan.BLOCK) {
            int block = Math.min(CachedAttentionPlan.BLOCK, last - row);
            for (int r = 0; r < block; r++) {
                System.arraycopy(q.floats(), at(q, row + r), queries, r * size, size);
            }
            int first = shape.firstKey(position(row / group)) - base;
            int until = shape.endKey(position((row + block - 1) / group), sequences.keys(sequence)) - base;
            packed.scores(queries, 0, size, scores, block, first, until);
            for (int r = 0; r < block; r++) {
                int scoresAt = r * packed.scoreStride();
                weights(scores, scoresAt, row + r, base, first, until, sum);
                sums[r] = sum[0];
            }
            packed.values(scores, sums, results, 0, size, block, first, until);
            for (int r = 0; r < block; r++) {
                System.arraycopy(results, r * size, y.floats(), at(y, row + r), size);
            }
        }
    }

    int position(int query) {
        return sequences.position(sequence) + query;
    }

    /** First number of a row, which counts query heads within queries. */
    int at(CpuTensor tensor, int row) {
        int queryHead = head * shape.group() + row % shape.group();
        return tensor.at(sequences.start(sequence) + row / shape.group()) + queryHead * shape.headSize();
    }

    /** Scores become weights that are still to be divided by their sum; keys that the row does not see weigh nothing. */
    void weights(float[] scores, int at, int row, int base, int first, int until, float[] sum) {
        int position = position(row / shape.group());
        int seen = shape.firstKey(position) - base;
        int end = shape.endKey(position, sequences.keys(sequence)) - base;
        float scale = shape.scale();
        if (shape.softCap() > 0) {
            float cap = shape.softCap();
            VectorRows.scale(scores, at + seen, scale / cap, scores, at + seen, end - seen);
            VectorActivations.apply(Activation.TANH, scores, at + seen, 0, 1, end - seen);
            VectorRows.scale(scores, at + seen, cap, scores, at + seen, end - seen);
            scale = 1;
        }
        if (bias != null) {
            VectorRows.scale(scores, at + seen, scale, scores, at + seen, end - seen);
            addBias(scores, at, head * shape.group() + row % shape.group(), seen, end, base - position);
            scale = 1;
        }
        loops.powers(scores, at + seen, end - seen, 1, end - seen, scale, sum);
        Arrays.fill(scores, at + first, at + seen, 0);
        Arrays.fill(scores, at + end, at + until, 0);
    }

    private void addBias(float[] scores, int at, int queryHead, int from, int to, int distance) {
        int reach = bias.columns() / 2;
        int biasAt = bias.at(queryHead) + reach;
        for (int key = from; key < to; key++) {
            scores[at + key] += bias.floats()[biasAt + Math.clamp(key + distance, -reach, reach)];
        }
    }

    /** The keys and values [from, to) of this head. */
    private PackedHead packed(CpuCache keys, CpuCache values, int from, int to) {
        int size = shape.headSize();
        if (keys.type() == ElementType.F32 && sequences.contiguous(sequence, from, to)) {
            int slot = sequences.slot(sequence, from);
            return pack(
                    keys.elements().floats(),
                    keys.at(slot, head, size),
                    keys.elements().rowStride(),
                    values.elements().floats(),
                    values.at(slot, head, size),
                    values.elements().rowStride(),
                    to - from);
        }
        float[] k = scratch.floats(Scratch.Purpose.KEYS, (to - from) * size);
        float[] v = scratch.floats(Scratch.Purpose.VALUES, (to - from) * size);
        VectorCacheRows.widen(keys, sequences, sequence, head, size, from, to - from, k);
        VectorCacheRows.widen(values, sequences, sequence, head, size, from, to - from, v);
        return pack(k, 0, size, v, 0, size, to - from);
    }

    private PackedHead pack(float[] k, int kAt, int kStride, float[] v, int vAt, int vStride, int length) {
        return new PackedHead(loops, k, kAt, kStride, v, vAt, vStride, length, shape.headSize(), scratch, widest);
    }
}
